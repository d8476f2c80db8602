package dev.farol.runtime.triton;

import static dev.farol.kit.testing.Eventually.eventually;
import static dev.farol.wire.RawHttp2.DATA;
import static dev.farol.wire.RawHttp2.END_HEADERS;
import static dev.farol.wire.RawHttp2.END_STREAM;
import static dev.farol.wire.RawHttp2.GO_AWAY;
import static dev.farol.wire.RawHttp2.HEADERS;
import static dev.farol.wire.RawHttp2.RESET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.runtime.Replica;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel;
import dev.farol.spec.RequestSettings;
import dev.farol.wire.EventLoop;
import dev.farol.wire.FaceSettings;
import dev.farol.wire.RawHttp2;
import dev.farol.wire.RawHttp2.Frame;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of gRPC that go wrong on their way: each gets its status, and the next is answered. */
class GrpcFaultsIT {
    private static final int MAX_BODY = 2000;
    private static final byte[] NOTHING = {};
    private static final String SERVICE = "/inference.GRPCInferenceService/";

    @TempDir Path folder;
    private final FakeEngines engines = new FakeEngines();
    private final AtomicReference<EventLoop> loop = new AtomicReference<>();
    private Replica replica;

    @BeforeEach
    void start() throws IOException {
        Path model = folder.resolve("models/a/1/model.onnx");
        Files.createDirectories(model.getParent());
        Files.writeString(model, "a model");
        Path logs = Files.createDirectory(folder.resolve("logs"));
        var spec =
                new ReplicaSpec(
                        "i-0",
                        "e",
                        "d",
                        null,
                        new NativeModel(
                                NativeModel.Kind.TRITON,
                                "models",
                                folder.resolve("models").toString()),
                        null,
                        Map.of(),
                        RequestSettings.DEFAULT,
                        Duration.ofSeconds(30),
                        folder.toString(),
                        logs.toString());
        var defaults = ReplicaConfig.DEFAULTS;
        var config =
                new ReplicaConfig(
                        defaults.listen(),
                        null,
                        new FaceSettings(MAX_BODY, 8192),
                        "dev",
                        defaults.drain(),
                        defaults.stopGrace(),
                        defaults.logFileBytes(),
                        defaults.logFiles());
        var factory = TritonRuntime.factory(engines, "dev", MAX_BODY);
        replica =
                Replica.start(
                        spec,
                        config,
                        (of, on, console) -> {
                            loop.set(on);
                            return factory.create(of, on, console);
                        },
                        OutputStream.nullOutputStream());
        eventually(
                "the model is served",
                () -> called("ModelInfer", infer()).equals("0") ? this : null);
    }

    @AfterEach
    void stop() {
        replica.close();
    }

    private static byte[] head(String path, String type, String... more) {
        var fields =
                new ArrayList<>(
                        List.of(
                                ":method",
                                "POST",
                                ":scheme",
                                "http",
                                ":path",
                                path,
                                ":authority",
                                "h",
                                "content-type",
                                type,
                                "te",
                                "trailers"));
        fields.addAll(List.of(more));
        return RawHttp2.headers(fields.toArray(String[]::new));
    }

    private static RawHttp2 begun(RawHttp2 client, int stream, String method, String... more)
            throws IOException {
        return client.write(
                HEADERS, END_HEADERS, stream, head(SERVICE + method, "application/grpc", more));
    }

    private static byte[] framed(int flag, byte[] message) {
        return framed(flag, message.length, message);
    }

    private static byte[] framed(int flag, int announced, byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) flag)
                .putInt(announced)
                .put(message)
                .array();
    }

    /** A ModelInferRequest: a row of two floats for the input IN of the model a. */
    private static byte[] infer() {
        return new byte[] {
            0x0A, 1, 'a', //
            0x2A, 14, 0x0A, 2, 'I', 'N', 0x12, 4, 'F', 'P', '3', '2', 0x1A, 2, 1, 2, //
            0x3A, 8, 0, 0, 0, 0, 0, 0, 0, 0
        };
    }

    /** The status of the stream; what else comes on it is left aside. */
    private static Map<String, String> ended(RawHttp2 client, int stream) throws IOException {
        for (Frame frame = client.next(); frame != null; frame = client.next()) {
            if (frame.stream() == stream && frame.endsStream()) {
                assertThat(frame.type()).isEqualTo(HEADERS);
                return client.fields(frame);
            }
            assertThat(frame.type()).as("%s", frame).isIn(HEADERS, DATA);
            if (frame.type() == HEADERS) {
                // The decoder keeps a table: it must see every block.
                client.fields(frame);
            }
        }
        throw new AssertionError("the connection ended");
    }

    private static String called(RawHttp2 client, int stream, String method, byte[] message)
            throws IOException {
        begun(client, stream, method).write(DATA, END_STREAM, stream, framed(0, message));
        return String.valueOf(ended(client, stream).get("grpc-status"));
    }

    private String called(String method, byte[] message) throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            return called(client, 1, method, message);
        }
    }

    /** The same connection and another one serve on. */
    private void servesOn(RawHttp2 client, int stream) throws IOException {
        assertThat(called(client, stream, "ModelInfer", infer())).isEqualTo("0");
        assertThat(called("ModelInfer", infer())).isEqualTo("0");
    }

    private void gets(RawHttp2 client, String status, String words) throws IOException {
        Map<String, String> end = ended(client, 1);
        assertThat(end).containsEntry("grpc-status", status);
        assertThat(String.valueOf(end.get("grpc-message"))).contains(words);
        servesOn(client, 3);
    }

    @Test
    void aMessageThatIsTooLongIsRefusedByItsLengthAlone() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer").write(DATA, 0, 1, framed(0, MAX_BODY + 1, NOTHING));
            gets(client, "8", "longer than the limit max_body_bytes, 2000");
        }
    }

    @Test
    void aMessageOfTheGreatestLengthThereIsIsRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer").write(DATA, 0, 1, framed(0, -1, new byte[10]));
            gets(client, "8", "longer than the limit");
        }
    }

    @Test
    void aMessageThatIsCutOffIsRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer").write(DATA, END_STREAM, 1, framed(0, 100, infer()));
            gets(client, "13", "ended within a message");
        }
    }

    @Test
    void aHeadThatIsCutOffIsRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer").write(DATA, END_STREAM, 1, new byte[] {0, 0});
            gets(client, "13", "ended within a message");
        }
    }

    @Test
    void aCallWithoutAMessageIsRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer").write(DATA, END_STREAM, 1, NOTHING);
            gets(client, "13", "none came");
        }
    }

    @Test
    void aSecondMessageOfAUnaryCallIsRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            byte[] one = framed(0, infer());
            begun(client, 1, "ModelInfer").write(DATA, 0, 1, one).write(DATA, END_STREAM, 1, one);
            gets(client, "13", "and more came");
        }
    }

    @Test
    void bytesThatAreNoProtobufAreRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer")
                    .write(DATA, END_STREAM, 1, framed(0, new byte[] {-1, -1, -1, -1}));
            gets(client, "3", "no protobuf of its method");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SERVICE + "Nothing",
                "/grpc.health.v1.Health/Watch",
                "/inference.GRPCInferenceService",
                "/"
            })
    void aMethodThatThereIsNotIsUnimplemented(String path) throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            client.write(HEADERS, END_HEADERS, 1, head(path, "application/grpc"))
                    .write(DATA, END_STREAM, 1, framed(0, NOTHING));
            gets(client, "12", "There is no method");
        }
    }

    @Test
    void aCompressionThatIsUnknownIsUnimplemented() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer", "grpc-encoding", "snappy")
                    .write(DATA, END_STREAM, 1, framed(1, infer()));
            gets(client, "12", "compressed as 'snappy' (expected: identity, gzip or deflate)");
        }
    }

    @Test
    void aMessageThatIsNotWhatItsCompressionSaysIsRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer", "grpc-encoding", "gzip")
                    .write(DATA, END_STREAM, 1, framed(1, infer()));
            gets(client, "13", "cannot be decompressed");
        }
    }

    @Test
    void aFlagThatMeansNothingIsRefused() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer").write(DATA, END_STREAM, 1, framed(7, infer()));
            gets(client, "13", "flag 7");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ModelInfer,application/json,415",
        "ModelStreamInfer,application/grpc-web,415",
        "ServerLive,application/json,415",
        "Nothing,application/json,404"
    })
    void anotherContentTypeIsNoCall(String method, String type, String status) throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            client.write(HEADERS, END_HEADERS, 1, head(SERVICE + method, type))
                    .write(DATA, END_STREAM, 1, framed(0, infer()));
            Frame first = client.next();
            assertThat(client.fields(first)).containsEntry(":status", status);
            servesOn(client, 3);
        }
    }

    @Test
    void aCallThatIsResetBeforeItsMessageIsWholeIsForgotten() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer")
                    .write(DATA, 0, 1, framed(0, 100, infer()))
                    .write(RESET, 0, 1, new byte[] {0, 0, 0, 8});
            servesOn(client, 3);
        }
    }

    @Test
    void aCallThatIsResetWhileTheModelComputesGivesItsPlaceBack() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            engines.holds = true;
            begun(client, 1, "ModelInfer").write(DATA, END_STREAM, 1, framed(0, infer()));
            eventually("the model computes", () -> engines.held.peek());
            client.write(RESET, 0, 1, new byte[] {0, 0, 0, 8});
            // Is answered behind what came before it on the connection.
            assertThat(called(client, 3, "ServerLive", NOTHING)).isEqualTo("0");
            engines.holds = false;
            begun(client, 5, "ModelInfer").write(DATA, END_STREAM, 5, framed(0, infer()));
            loop.get().execute(() -> engines.held.forEach(Runnable::run));
            // There is one place: without it this would wait, and be shed.
            assertThat(ended(client, 5)).containsEntry("grpc-status", "0");
            servesOn(client, 7);
        }
    }

    @Test
    void aConnectionThatEndsWhileTheModelComputesHurtsNobody() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            engines.holds = true;
            begun(client, 1, "ModelInfer").write(DATA, END_STREAM, 1, framed(0, infer()));
            eventually("the model computes", () -> engines.held.peek());
            engines.holds = false;
        }
        loop.get().execute(() -> engines.held.forEach(Runnable::run));
        assertThat(called("ModelInfer", infer())).isEqualTo("0");
    }

    @Test
    void aClientThatSaysGoodbyeGetsTheAnswersThatItWaitsFor() throws IOException {
        try (var client = new RawHttp2(replica.port())) {
            begun(client, 1, "ModelInfer")
                    .write(GO_AWAY, 0, 0, new byte[8])
                    .write(DATA, END_STREAM, 1, framed(0, infer()));
            assertThat(ended(client, 1)).containsEntry("grpc-status", "0");
        }
        assertThat(called("ModelInfer", infer())).isEqualTo("0");
    }
}
