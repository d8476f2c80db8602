package dev.farol.gateway;

import static dev.farol.gateway.Snapshots.GENEROUS;
import static dev.farol.gateway.Snapshots.deployment;
import static dev.farol.gateway.Snapshots.endpoint;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.spec.RoutingSnapshot.Instance;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gRPC server behind the gateway and a gRPC client in front of it, both of grpc-java. */
class GrpcIT {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> DEPLOYMENT =
            Metadata.Key.of("azureml-model-deployment", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("x-reason", Metadata.ASCII_STRING_MARSHALLER);

    private static final MethodDescriptor<String, String> ONE = method(MethodType.UNARY, "One");
    private static final MethodDescriptor<String, String> MANY =
            method(MethodType.SERVER_STREAMING, "Many");
    private static final MethodDescriptor<String, String> CHAT =
            method(MethodType.BIDI_STREAMING, "Chat");

    private final SnapshotFeed feed = new SnapshotFeed();
    private final AtomicInteger canceled = new AtomicInteger();
    private final AtomicReference<Long> deadline = new AtomicReference<>();
    private Gateway gateway;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        gateway = Gateway.start(GatewayConfig.DEFAULTS.withPort(0), feed);
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .addService(service())
                        .build()
                        .start();
        feed.accept(
                Snapshots.of(
                        gateway.snapshotVersion() + 1,
                        endpoint(
                                Map.of("blue", 100),
                                Map.of(),
                                deployment(
                                        "blue",
                                        GENEROUS,
                                        new Instance(
                                                "blue-0",
                                                "127.0.0.1",
                                                server.getPort(),
                                                Instance.Protocol.HTTP_2)))));
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", gateway.port())
                        .overrideAuthority("shop.local.inference.example")
                        .usePlaintext()
                        .build();
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow();
        server.shutdownNow();
        channel.awaitTermination(10, TimeUnit.SECONDS);
        server.awaitTermination(10, TimeUnit.SECONDS);
        gateway.close();
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("farol.Test")
                .addMethod(ONE, ServerCalls.asyncUnaryCall(this::one))
                .addMethod(MANY, ServerCalls.asyncServerStreamingCall(GrpcIT::many))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(this::chat))
                .build();
    }

    private void one(String request, StreamObserver<String> answers) {
        var deadlineNow = Context.current().getDeadline();
        deadline.set(deadlineNow == null ? null : deadlineNow.timeRemaining(TimeUnit.MILLISECONDS));
        if (request.equals("hang")) {
            ((ServerCallStreamObserver<String>) answers)
                    .setOnCancelHandler(canceled::incrementAndGet);
            return;
        }
        if (request.startsWith("fail")) {
            var trailers = new Metadata();
            trailers.put(REASON, "of the model");
            answers.onError(
                    Status.FAILED_PRECONDITION
                            .withDescription("not this one: ü")
                            .asRuntimeException(trailers));
            return;
        }
        answers.onNext("got " + request);
        answers.onCompleted();
    }

    private static void many(String request, StreamObserver<String> answers) {
        for (int i = 0; i < Integer.parseInt(request); i++) {
            answers.onNext("part " + i);
        }
        answers.onCompleted();
    }

    private StreamObserver<String> chat(StreamObserver<String> answers) {
        ((ServerCallStreamObserver<String>) answers).setOnCancelHandler(canceled::incrementAndGet);
        return new StreamObserver<>() {
            @Override
            public void onNext(String said) {
                answers.onNext("you said " + said);
            }

            @Override
            public void onError(Throwable gone) {}

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private static ClientInterceptor key(String key) {
        var metadata = new Metadata();
        metadata.put(AUTHORIZATION, "Bearer " + key);
        return MetadataUtils.newAttachHeadersInterceptor(metadata);
    }

    private String call(String request, CallOptions options, ClientInterceptor... interceptors) {
        return ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(channel, interceptors), ONE, options, request);
    }

    private static CallOptions patient() {
        return CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Test
    void aUnaryCallIsAnsweredAndTheAnswerNamesItsDeployment() {
        var headers = new AtomicReference<Metadata>();
        var trailers = new AtomicReference<Metadata>();

        String answer =
                call(
                        "x".repeat(100_000),
                        patient(),
                        key(Snapshots.PRIMARY),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));

        assertThat(answer).isEqualTo("got " + "x".repeat(100_000));
        assertThat(headers.get().get(DEPLOYMENT)).isEqualTo("blue");
        assertThat(deadline.get()).as("the deadline reached the server").isBetween(1L, 20_000L);
    }

    @Test
    void aKeyIsAskedForAsMetadata() {
        assertThatThrownBy(() -> call("x", patient()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> {
                            assertThat(refused.getStatus().getCode())
                                    .isEqualTo(Status.Code.UNAUTHENTICATED);
                            assertThat(refused.getStatus().getDescription())
                                    .as("the gateway's own words")
                                    .startsWith("The endpoint wants a key of its own");
                        });
        assertThatThrownBy(() -> call("x", patient(), key("wrong")))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused ->
                                assertThat(refused.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAUTHENTICATED));
    }

    /** The same instance answers ordinary requests over HTTP/1.1. */
    @Test
    void anInstanceThatSpeaksBothGetsCallsOverHttp2() {
        feed.accept(
                Snapshots.of(
                        gateway.snapshotVersion() + 1,
                        endpoint(
                                Map.of("blue", 100),
                                Map.of(),
                                deployment(
                                        "blue",
                                        GENEROUS,
                                        new Instance(
                                                "blue-0",
                                                "127.0.0.1",
                                                server.getPort(),
                                                Instance.Protocol.HTTP_1_AND_GRPC)))));

        assertThat(call("x", patient(), key(Snapshots.PRIMARY))).isEqualTo("got x");
    }

    @Test
    void theServersStatusArrivesWithItsTrailers() {
        for (String request : List.of("fail", "fail again")) {
            assertThatThrownBy(() -> call(request, patient(), key(Snapshots.PRIMARY)))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failed -> {
                                assertThat(failed.getStatus().getCode())
                                        .isEqualTo(Status.Code.FAILED_PRECONDITION);
                                assertThat(failed.getStatus().getDescription())
                                        .isEqualTo("not this one: ü");
                                assertThat(failed.getTrailers().get(REASON))
                                        .isEqualTo("of the model");
                            });
        }
    }

    @Test
    void aStreamOfTheServerArrivesWhole() {
        var parts = new ArrayList<String>();
        ClientCalls.blockingServerStreamingCall(
                        ClientInterceptors.intercept(channel, key(Snapshots.SECONDARY)),
                        MANY,
                        patient(),
                        "5000")
                .forEachRemaining(parts::add);

        assertThat(parts).hasSize(5000).startsWith("part 0", "part 1").endsWith("part 4999");
    }

    /** Each message is sent only when the answer to the one before it was read. */
    @Test
    void bothSidesTalkInTurn() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        StreamObserver<String> mouth = talk(heard);
        for (int i = 0; i < 50; i++) {
            mouth.onNext("word " + i);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("you said word " + i);
        }
        mouth.onCompleted();
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");
        assertThat(canceled).hasValue(0);
    }

    @Test
    void aCallerThatCancelsIsHeardByTheServer() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        StreamObserver<String> mouth = talk(heard);
        mouth.onNext("word");
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("you said word");
        mouth.onError(Status.CANCELLED.asRuntimeException());

        eventually("the server hears it", () -> canceled.get() == 1);
    }

    @Test
    void aDeadlineThatPassesEndsTheCallOnBothSides() {
        assertThatThrownBy(
                        () ->
                                call(
                                        "hang",
                                        CallOptions.DEFAULT.withDeadlineAfter(
                                                500, TimeUnit.MILLISECONDS),
                                        key(Snapshots.PRIMARY)))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        late ->
                                assertThat(late.getStatus().getCode())
                                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        eventually("the server hears it", () -> canceled.get() == 1);
    }

    private StreamObserver<String> talk(BlockingQueue<String> heard) {
        return ClientCalls.asyncBidiStreamingCall(
                ClientInterceptors.intercept(channel, key(Snapshots.PRIMARY))
                        .newCall(CHAT, patient()),
                new StreamObserver<>() {
                    @Override
                    public void onNext(String said) {
                        heard.add(said);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        heard.add("failed " + failure);
                    }

                    @Override
                    public void onCompleted() {
                        heard.add("completed");
                    }
                });
    }

    private static MethodDescriptor<String, String> method(MethodType type, String name) {
        return MethodDescriptor.<String, String>newBuilder(new Text(), new Text())
                .setType(type)
                .setFullMethodName("farol.Test/" + name)
                .build();
    }

    /** Messages without a generated class. */
    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }
}
