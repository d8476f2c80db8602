package dev.farol.runtime.oip;

import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.RpcService;
import dev.farol.runtime.serve.Coders;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** The protocol's gRPC side: {@code inference.GRPCInferenceService}. */
final class GrpcProtocol implements RpcService {
    private static final String SERVICE = "inference.GRPCInferenceService/";

    private final ModelRepository repository;
    private final Server server;
    private final Elsewhere elsewhere;

    GrpcProtocol(ModelRepository repository, Server server, Elsewhere elsewhere) {
        this.repository = repository;
        this.server = server;
        this.elsewhere = elsewhere;
    }

    private static String name(String method) {
        return method.startsWith(SERVICE) ? method.substring(SERVICE.length()) : "";
    }

    @Override
    public Route route(String method) {
        return switch (name(method)) {
            case "ModelInfer", "ModelStreamInfer" -> Route.LANE;
            case "ServerLive",
                    "ServerReady",
                    "ModelReady",
                    "ServerMetadata",
                    "ModelMetadata",
                    "ModelConfig",
                    "ModelStatistics",
                    "RepositoryIndex",
                    "RepositoryModelLoad",
                    "RepositoryModelUnload" ->
                    Route.AT_ONCE;
            default -> Route.NONE;
        };
    }

    @Override
    public boolean streams(String method) {
        return name(method).equals("ModelStreamInfer");
    }

    @Override
    public List<ByteBuffer> failure(String method, String message) {
        return new ProtoWriter().text(1, message).parts();
    }

    @Override
    public void call(String method, ByteBuffer message, Listener listener) {
        Consumer<Refused> refused = why -> listener.failed(why.kind().grpc(), why.words());
        try {
            dispatch(name(method), message, listener, refused);
        } catch (Refused why) {
            refused.accept(why);
        }
    }

    private void dispatch(
            String method, ByteBuffer message, Listener listener, Consumer<Refused> refused) {
        switch (method) {
            case "ServerLive" -> answer(listener, new ProtoWriter().flag(1, true));
            case "ServerReady" -> answer(listener, new ProtoWriter().flag(1, repository.ready()));
            case "ServerMetadata" -> answer(listener, metadata());
            case "ModelReady" ->
                    answer(listener, new ProtoWriter().flag(1, ready(Named.of(message))));
            case "ModelMetadata" -> {
                ServedModel model = find(Named.of(message));
                answer(listener, ConfigProto.metadata(model, repository.versions(model.name())));
            }
            case "ModelConfig" -> {
                ServedModel model = find(Named.of(message));
                var config = ConfigProto.config(model.config()).parts();
                answer(listener, new ProtoWriter().message(1, it -> it.copy(config)));
            }
            case "ModelStatistics" -> {
                Named named = Named.of(message);
                answer(
                        listener,
                        ConfigProto.statistics(
                                Repositories.readyModels(
                                        repository, named.name(), named.version())));
            }
            case "RepositoryIndex" -> answer(listener, index(message));
            case "RepositoryModelLoad", "RepositoryModelUnload" ->
                    control(method, message, listener, refused);
            case "ModelInfer", "ModelStreamInfer" ->
                    infer(message, method.equals("ModelStreamInfer"), listener, refused);
            default -> throw new Refused(Refused.Kind.UNSUPPORTED, "There is no " + method);
        }
    }

    private static void answer(Listener listener, ProtoWriter proto) {
        listener.answered(proto.parts());
    }

    private ProtoWriter metadata() {
        var proto = new ProtoWriter().text(1, server.name()).text(2, server.version());
        Server.EXTENSIONS.forEach(extension -> proto.text(3, extension));
        return proto;
    }

    /** A model by name and version, as several requests have it. */
    private record Named(String name, String version) {
        static Named of(ByteBuffer message) {
            var proto = new ProtoReader(message);
            String name = "";
            String version = "";
            for (int field = proto.next(); field != 0; field = proto.next()) {
                switch (field) {
                    case 1 -> name = proto.text();
                    case 2 -> version = proto.text();
                    default -> {}
                }
            }
            return new Named(name, version);
        }
    }

    private ServedModel find(Named named) {
        return repository.find(named.name(), named.version());
    }

    private boolean ready(Named named) {
        try {
            find(named);
            return true;
        } catch (Refused absent) {
            return false;
        }
    }

    private ProtoWriter index(ByteBuffer message) {
        var asked = new ProtoReader(message);
        boolean readyOnly = false;
        for (int field = asked.next(); field != 0; field = asked.next()) {
            readyOnly |= field == 2 && asked.flag();
        }
        var proto = new ProtoWriter();
        for (ModelRepository.Entry entry : repository.index()) {
            if (!readyOnly || entry.state().equals("READY")) {
                proto.message(
                        1,
                        each ->
                                each.text(1, entry.name())
                                        .text(2, entry.version())
                                        .text(3, entry.state())
                                        .text(4, entry.reason()));
            }
        }
        return proto;
    }

    private void control(
            String method, ByteBuffer message, Listener listener, Consumer<Refused> refused) {
        boolean load = method.equals("RepositoryModelLoad");
        var proto = new ProtoReader(message);
        String name = "";
        String config = null;
        for (int field = proto.next(); field != 0; field = proto.next()) {
            if (field == 2) {
                name = proto.text();
            } else if (field == 3 && load) {
                config = config(proto.message());
            }
        }
        Consumer<@org.jspecify.annotations.Nullable Refused> heard =
                why -> {
                    if (why == null) {
                        listener.answered(List.of());
                    } else {
                        refused.accept(why);
                    }
                };
        if (load) {
            repository.load(name, config, heard);
        } else {
            repository.unload(name, heard);
        }
    }

    /** The configuration that a parameter of loading holds. */
    private static String config(ProtoReader parameter) {
        String key = "";
        String config = null;
        for (int field = parameter.next(); field != 0; field = parameter.next()) {
            if (field == 1) {
                key = parameter.text();
            } else if (field == 2) {
                ProtoReader value = parameter.message();
                for (int choice = value.next(); choice != 0; choice = value.next()) {
                    config = choice == 3 ? value.text() : null;
                }
            }
        }
        if (!key.equals(ModelRepository.CONFIG)) {
            throw ModelRepository.unsupported(key);
        }
        if (config == null) {
            throw Refused.invalid("the parameter 'config' is no string_param");
        }
        return config;
    }

    private void infer(
            ByteBuffer message, boolean stream, Listener listener, Consumer<Refused> refused) {
        long begin = System.nanoTime();
        if (message.remaining() <= Coders.LARGE) {
            infer(GrpcInfer.read(message), begin, stream, listener, refused);
        } else {
            elsewhere.run(
                    stream ? "ModelStreamInfer" : "ModelInfer",
                    () -> {
                        GrpcInfer.Read read = GrpcInfer.read(message);
                        return () -> infer(read, begin, stream, listener, refused);
                    },
                    refused);
        }
    }

    private void infer(
            GrpcInfer.Read read,
            long begin,
            boolean stream,
            Listener listener,
            Consumer<Refused> refused) {
        ServedModel model = repository.find(read.model(), read.version());
        Inference.run(
                model,
                read.request(),
                begin,
                outputs -> {
                    ProtoWriter answer = GrpcInfer.answer(model, read.request(), outputs);
                    if (stream) {
                        var inner = answer.parts();
                        answer(listener, new ProtoWriter().message(2, it -> it.copy(inner)));
                    } else {
                        answer(listener, answer);
                    }
                },
                refused);
    }
}
