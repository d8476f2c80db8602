package dev.farol.control;

import dev.farol.backend.InstanceTypes;
import dev.farol.control.access.Access;
import dev.farol.control.arm.ArmRoutes;
import dev.farol.control.blob.BlobAccount;
import dev.farol.control.identity.Identity;
import dev.farol.store.ObjectStore;
import dev.farol.store.Store;
import dev.farol.store.Stores;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** The path table of an API over a store in memory. */
public final class FixtureRoutes implements AutoCloseable {
    private final TestClock clock = new TestClock();
    private final Store store = Stores.memory(clock);
    private final ObjectStore objects;
    private final Path folder;

    private FixtureRoutes(Path folder) throws IOException {
        this.folder = folder;
        this.objects = Stores.folder(folder.resolve("objects"), clock);
    }

    public static FixtureRoutes open(Path folder) throws IOException {
        return new FixtureRoutes(folder);
    }

    public ArmRoutes routes(ControlConfig config) {
        return new ArmRoutes(
                config,
                new ControlApi.Collaborators(
                        store,
                        objects,
                        new GatewayAddress(() -> URI.create("http://127.0.0.1:8080")),
                        changed -> {},
                        (deployment, container, lines) -> "",
                        InstanceTypes.BUILT_IN,
                        clock),
                Identity.open(folder, config.identity(), clock),
                Access.open(folder, clock),
                BlobAccount.open(folder));
    }

    @Override
    public void close() throws IOException {
        objects.close();
        store.close();
    }
}
