package dev.farol.runtime;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel;
import dev.farol.spec.RequestSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a replica ends. */
class ReplicaIT {
    @TempDir Path folder;
    private final Slow runtime = new Slow();

    /** Leaves in order only when it is told to be quick about it. */
    private static final class Slow implements ModelRuntime {
        private final List<Duration> graces = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> gone = new CompletableFuture<>();

        @Override
        public void start(RuntimeEvents events) {
            events.ready();
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public ModelFacts facts() {
            return ModelFacts.NONE;
        }

        @Override
        public Scoring score(ScoreRequest request, ScoreListener listener) {
            throw new IllegalStateException(request.path());
        }

        @Override
        public CompletableFuture<Void> close(Duration grace) {
            graces.add(grace);
            if (grace.isZero()) {
                gone.complete(null);
            }
            return gone;
        }
    }

    private Replica start() throws IOException {
        var spec =
                new ReplicaSpec(
                        "sum-1",
                        "sum",
                        "blue",
                        null,
                        new NativeModel(NativeModel.Kind.ONNX, "sum", "x"),
                        null,
                        Map.of(),
                        RequestSettings.DEFAULT,
                        Duration.ofSeconds(30),
                        folder.toString(),
                        folder.toString());
        return Replica.start(
                spec,
                ReplicaConfig.DEFAULTS,
                (told, loop, console) -> runtime,
                new ByteArrayOutputStream());
    }

    @Test
    void mayBeClosedTwice() throws Exception {
        Replica replica = start();
        replica.close();
        replica.close();
        assertThat(replica.ended().get(10, TimeUnit.SECONDS)).isZero();
        assertThat(runtime.graces).containsExactly(Duration.ZERO);
    }

    @Test
    void anOrderlyEndIsCutShort() throws Exception {
        Replica replica = start();
        CompletableFuture<Integer> ended = replica.drain();
        eventually("the runtime leaves", () -> !runtime.graces.isEmpty());
        assertThat(ended).isNotDone();
        replica.close();
        assertThat(ended.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(runtime.graces)
                .containsExactly(ReplicaConfig.DEFAULTS.stopGrace(), Duration.ZERO);
    }
}
