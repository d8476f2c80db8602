package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.capacity;
import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.model.AssetLocation;
import dev.farol.control.model.AssetVersion;
import dev.farol.spec.ResourceId;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.Put;
import dev.farol.store.Operation.Status;
import dev.farol.store.Stores;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealStoreIT {
    @TempDir Path home;

    @Test
    void writesNothingWhileNothingChanges() {
        try (var house = new House(home, Stores.sqlite(home.resolve("data/farol.db"))).start()) {
            house.await(house.putEndpoint("credit", Map.of()));
            assertThat(house.await(house.putDeployment("credit", "blue", capacity(2))).status())
                    .isEqualTo(Status.SUCCEEDED);
            house.restart();
            eventually("it serves", () -> house.routed("credit", "blue").size() == 2);
            eventually("it comes to rest", () -> written(house, "warm-up") == 0);
            int snapshots = house.snapshots.size();

            for (int i = 0; i < 5; i++) {
                assertThat(written(house, "probe" + i)).isZero();
            }

            assertThat(house.snapshots.size() - snapshots).isEqualTo(5);
        }
    }

    /** How often endpoint and deployment were written while everybody was made to look at them. */
    private static long written(House house, String probe) {
        long change = house.store.resources().lastChange();
        house.loop.nudge().changed(deployment("credit", "blue"));
        house.loop.nudge().changed(House.endpoint("credit"));
        house.await(house.putEndpoint(probe, Map.of()));
        return house.store.resources().changes(change, 100).stream()
                .map(each -> each.id().name())
                .filter(name -> name.equals("blue") || name.equals("credit"))
                .count();
    }

    @Test
    void copiesCodeSoThatItCanBeWrittenAndLeavesTheStoresBytesAlone() throws Exception {
        try (ObjectStore objects = Stores.folder(home.resolve("objects"))) {
            put(objects, "code/score.py", "def init(): pass");
            put(objects, "code/lib/help.py", "x = 1");
            put(objects, "code2/other.py", "y = 1");
            ResourceId workspace = House.WORKSPACE;
            var version =
                    new AssetVersion(
                            workspace.child("codes", "c").child("versions", "1"), "", "uri", "k1");
            var folders = new AssetFolders(home.resolve("assets"), objects, InstantSource.system());

            Path code = folders.code(version, new AssetLocation("snap", "code"));
            Path app = folders.app(deployment("credit", "blue"), "0123abcd", code);
            Files.writeString(app.resolve("score.py"), "changed");
            Files.writeString(app.resolve("lib/new.py"), "z = 1");

            assertThat(Files.readString(code.resolve("score.py"))).isEqualTo("def init(): pass");
            assertThat(AssetFolders.listing(code, 9)).containsExactly("lib/help.py", "score.py");
            assertThat(folders.code(version, new AssetLocation("snap", "code"))).isEqualTo(code);
            Path file = folders.model(version, new AssetLocation("snap", "code/score.py"));
            assertThat(file.resolve("score.py")).hasContent("def init(): pass");
        }
    }

    private static void put(ObjectStore objects, String name, String content) throws Exception {
        objects.put("snap", name, new ByteArrayInputStream(House.bytes(content)), Put.PLAIN);
    }
}
