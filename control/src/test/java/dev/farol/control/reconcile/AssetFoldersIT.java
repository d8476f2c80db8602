package dev.farol.control.reconcile;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.ResourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that several threads make and remove at the same time. */
class AssetFoldersIT {
    private static final ResourceId BLUE =
            ResourceId.parse(
                    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices"
                            + "/workspaces/w/onlineEndpoints/credit/deployments/blue");

    @TempDir Path home;

    /** What is done with the copies of a deployment while another one is being made. */
    private interface Removal {
        void of(AssetFolders folders) throws InterruptedException;
    }

    /** Makes a copy, removes while the first of its two files is there, and answers the copy. */
    private Path madeWhile(Removal removal) throws Exception {
        var folders = new AssetFolders(home, new FakeObjects(), InstantSource.system());
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var making =
                new FutureTask<>(
                        () ->
                                folders.app(
                                        BLUE,
                                        "r1",
                                        folder -> {
                                            Files.createDirectory(folder);
                                            Files.writeString(folder.resolve("one.py"), "1");
                                            begun.countDown();
                                            await(goOn);
                                            Files.writeString(folder.resolve("two.py"), "2");
                                        }));
        var removing =
                new FutureTask<>(
                        () -> {
                            removal.of(folders);
                            return home;
                        });
        Thread.ofPlatform().start(making);
        await(begun);
        Thread second = Thread.ofPlatform().start(removing);
        eventually(
                "it waits, or is done",
                () -> removing.isDone() || second.getState() == Thread.State.WAITING);
        goOn.countDown();
        Path made = got(making);
        got(removing);
        return made;
    }

    private static <T> T got(FutureTask<T> task) throws Exception {
        try {
            return task.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void aDeploymentThatIsRemovedWhileItsCopyIsMadeLeavesNothing() throws Exception {
        Path made = madeWhile(folders -> folders.removeApps(BLUE));
        assertThat(made.getParent()).doesNotExist();
    }

    @Test
    void tidyingUpLeavesACopyThatIsBeingMadeInPeace() throws Exception {
        Path made = madeWhile(folders -> folders.keepApps(BLUE, Set.of("r1"), false));
        assertThat(made.resolve("one.py")).hasContent("1");
        assertThat(made.resolve("two.py")).hasContent("2");
    }
}
