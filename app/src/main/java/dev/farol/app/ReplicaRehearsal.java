package dev.farol.app;

import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.Replica;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.python.PythonConfig;
import dev.farol.runtime.python.PythonRuntime;
import dev.farol.runtime.python.PythonSources;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.RequestSettings;
import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A replica that serves a trivial script a few times, and one that computes a trivial model: what
 * an AOT cache of this role is made from.
 */
final class ReplicaRehearsal {
    private ReplicaRehearsal() {}

    static int run(Path folder, ReplicaConfig config) throws IOException, InterruptedException {
        Path code = Files.createDirectories(folder.resolve("code"));
        Files.writeString(
                code.resolve("score.py"),
                "def init(): pass\n\ndef run(raw): return {'got': raw}\n");
        var script =
                new ReplicaSpec.Script("python3", "train", null, code.toString(), "score.py", 1);
        Path sources = PythonSources.unpack(folder.resolve("python"));
        int status =
                rehearse(
                        spec(folder.resolve("script"), script, null),
                        config,
                        PythonRuntime.factory(PythonConfig.DEFAULTS, sources),
                        "{}");
        Path model = folder.resolve("model.onnx");
        try (InputStream in = ReplicaRehearsal.class.getResourceAsStream("rehearsal.onnx")) {
            Files.copy(Objects.requireNonNull(in, "rehearsal.onnx"), model);
        }
        System.setProperty(NativeReplica.CACHE, folder.resolve("native").toString());
        var computed =
                new ReplicaSpec.NativeModel(
                        ReplicaSpec.NativeModel.Kind.ONNX, "train", model.toString());
        int second =
                rehearse(
                        spec(folder.resolve("model"), null, computed),
                        config,
                        NativeReplica.factory(),
                        "{\"input_data\": {\"columns\": [0, 1, 2], \"data\": [[1.5, 2, 3]]}}");
        return Math.max(status, second);
    }

    private static ReplicaSpec spec(
            Path folder,
            ReplicaSpec.@Nullable Script script,
            ReplicaSpec.@Nullable NativeModel model)
            throws IOException {
        return new ReplicaSpec(
                "train-blue-0",
                "train",
                "blue",
                script,
                model,
                null,
                Map.of(),
                RequestSettings.DEFAULT,
                Duration.ofSeconds(30),
                Files.createDirectories(folder.resolve("r")).toString(),
                Files.createDirectories(folder.resolve("logs")).toString());
    }

    private static int rehearse(
            ReplicaSpec spec, ReplicaConfig config, ModelRuntime.Factory runtime, String body)
            throws IOException, InterruptedException {
        var events = new ReadyWatch();
        try (var replica = Replica.start(spec, config, runtime, events);
                var http = ApiClient.create(null, Duration.ofSeconds(5))) {
            if (!events.seen.await(30, TimeUnit.SECONDS)) {
                return 1;
            }
            for (int i = 0; i < 20; i++) {
                http.send(
                        new ApiClient.Call(
                                "POST",
                                "http://127.0.0.1:" + replica.port() + "/score",
                                Headers.of("Content-Type", "application/json"),
                                new ApiClient.BytesPayload(body.getBytes(StandardCharsets.UTF_8)),
                                Duration.ofSeconds(5)));
            }
        }
        return 0;
    }

    /** Opens when the replica says that it is ready, or that it will not be. */
    private static final class ReadyWatch extends OutputStream {
        private final StringBuilder text = new StringBuilder();
        final CountDownLatch seen = new CountDownLatch(1);

        @Override
        public synchronized void write(int one) {
            text.append((char) one);
            if (one == '\n'
                    && (text.indexOf("\"ready\"") >= 0 || text.indexOf("\"failed\"") >= 0)) {
                seen.countDown();
            }
        }
    }
}
