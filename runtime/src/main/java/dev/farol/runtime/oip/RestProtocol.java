package dev.farol.runtime.oip;

import dev.farol.kit.Compression;
import dev.farol.kit.Json;
import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.serve.Coders;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The protocol's REST side. */
final class RestProtocol {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ModelRepository repository;
    private final Server server;
    private final long maxBody;
    private final Elsewhere elsewhere;

    /**
     * @param maxBody of a request after it is inflated, in bytes
     */
    RestProtocol(ModelRepository repository, Server server, long maxBody, Elsewhere elsewhere) {
        this.repository = repository;
        this.server = server;
        this.maxBody = maxBody;
        this.elsewhere = elsewhere;
    }

    /** Every path below {@code /v2} is the protocol's, also those that it has not. */
    static Route route(String method, String path) {
        if (!path.equals("/v2") && !path.startsWith("/v2/")) {
            return Route.NONE;
        }
        return method.equals("POST") && path.endsWith("/infer") ? Route.LANE : Route.AT_ONCE;
    }

    void answer(ScoreRequest request, Consumer<ScoreResult> done) {
        Consumer<Refused> refused = why -> done.accept(error(why));
        try {
            dispatch(request, done, refused);
        } catch (Refused why) {
            refused.accept(why);
        }
    }

    private void dispatch(
            ScoreRequest request, Consumer<ScoreResult> done, Consumer<Refused> refused) {
        String[] path = segments(request.path());
        String where = String.join("/", path);
        boolean models = path.length > 2 && path[1].equals("models");
        switch (where) {
            case "v2" -> done.accept(get(request, server.json()));
            case "v2/health/live" -> done.accept(status(request, "live", true, null));
            case "v2/health/ready" ->
                    done.accept(status(request, "ready", repository.ready(), null));
            case "v2/models/stats" -> done.accept(get(request, statistics()));
            case "v2/repository/index" -> {
                post(request);
                done.accept(index(request));
            }
            default -> {
                if (models) {
                    model(request, path, done, refused);
                } else if (path.length == 5
                        && path[1].equals("repository")
                        && path[2].equals("models")) {
                    control(request, path[3], path[4], done);
                } else {
                    throw unknown(request);
                }
            }
        }
    }

    private void model(
            ScoreRequest request,
            String[] path,
            Consumer<ScoreResult> done,
            Consumer<Refused> refused) {
        boolean versioned = path.length > 4 && path[3].equals("versions");
        String name = path[2];
        String version = versioned ? path[4] : "";
        int at = versioned ? 5 : 3;
        if (path.length > at + 1) {
            throw unknown(request);
        }
        String what = path.length == at ? "" : path[at];
        switch (what) {
            case "" -> {
                get(request);
                ServedModel model = repository.find(name, version);
                done.accept(json(ConfigJson.metadata(model, repository.versions(name))));
            }
            case "ready" -> {
                get(request);
                done.accept(status(request, "ready", ready(name, version), name));
            }
            case "config" ->
                    done.accept(
                            get(
                                    request,
                                    ConfigJson.config(repository.find(name, version).config())));
            case "stats" ->
                    done.accept(
                            get(
                                    request,
                                    ConfigJson.statistics(
                                            List.of(repository.find(name, version)))));
            case "infer" -> infer(request, repository.find(name, version), done, refused);
            default -> throw unknown(request);
        }
    }

    private boolean ready(String name, String version) {
        try {
            repository.find(name, version);
            return true;
        } catch (Refused absent) {
            return false;
        }
    }

    private void infer(
            ScoreRequest request,
            ServedModel model,
            Consumer<ScoreResult> done,
            Consumer<Refused> refused) {
        post(request);
        var call = new Call(request, System.nanoTime(), done, refused);
        if (request.body().remaining() <= Coders.LARGE
                && request.headers().joined("Content-Encoding") == null) {
            call.run(model, call.read(model));
        } else {
            call.elsewhere(
                    () -> {
                        InferRequest infer = call.read(model);
                        // It may have been unloaded since.
                        return () ->
                                call.run(repository.find(model.name(), model.version()), infer);
                    });
        }
    }

    /** One request to compute. */
    private final class Call {
        private final ScoreRequest request;
        private final long begin;
        private final Consumer<ScoreResult> done;
        private final Consumer<Refused> refused;

        Call(
                ScoreRequest request,
                long begin,
                Consumer<ScoreResult> done,
                Consumer<Refused> refused) {
            this.request = request;
            this.begin = begin;
            this.done = done;
            this.refused = refused;
        }

        InferRequest read(ServedModel model) {
            return RestInfer.read(
                    inflated(request), request.headers().joined(RestInfer.HEADER_LENGTH), model);
        }

        void run(ServedModel model, InferRequest infer) {
            Inference.run(model, infer, begin, outputs -> answer(model, infer, outputs), refused);
        }

        private void answer(ServedModel model, InferRequest infer, List<Tensor> outputs) {
            String accepted =
                    Objects.requireNonNullElse(request.headers().joined("Accept-Encoding"), "");
            String encoding = Codings.best(accepted);
            long bytes = 0;
            for (Tensor output : outputs) {
                bytes += output.bytes();
            }
            // To deflate takes several times as long as to write.
            if (bytes <= (encoding == null ? Coders.LARGE : Coders.LARGE / 8)) {
                done.accept(deflated(RestInfer.answer(model, infer, outputs), encoding));
            } else {
                elsewhere(
                        () -> {
                            ScoreResult answer =
                                    deflated(RestInfer.answer(model, infer, outputs), encoding);
                            return () -> done.accept(answer);
                        });
            }
        }

        /** Does the first part elsewhere, and on the loop what is left. */
        private void elsewhere(Supplier<Runnable> work) {
            elsewhere.run(request.method() + " " + request.path(), work, refused);
        }
    }

    private ByteBuffer inflated(ScoreRequest request) {
        String given = request.headers().joined("Content-Encoding");
        String encoding = given == null ? "" : given.strip().toLowerCase(Locale.ROOT);
        if (encoding.isEmpty() || encoding.equals("identity")) {
            return request.body();
        }
        try {
            return Compression.inflate(encoding, request.body(), maxBody);
        } catch (Compression.UnknownEncoding unknown) {
            throw new Refused(
                    Refused.Kind.UNSUPPORTED_ENCODING,
                    "Content-Encoding is '" + encoding + "' (expected: gzip or deflate)");
        } catch (Compression.TooLong tooLong) {
            throw new Refused(
                    Refused.Kind.TOO_LARGE,
                    "The inflated body is longer than the limit max_body_bytes, " + maxBody);
        } catch (IOException broken) {
            throw Refused.invalid("The body cannot be inflated as " + encoding);
        }
    }

    private static ScoreResult deflated(ScoreResult answer, @Nullable String encoding) {
        if (encoding == null) {
            return answer;
        }
        try {
            ByteBuffer body = Compression.deflate(encoding, answer.body());
            answer.headers().add("Content-Encoding", encoding);
            return new ScoreResult(answer.status(), answer.headers(), body);
        } catch (IOException impossible) {
            throw new IllegalStateException("Nothing is read or written", impossible);
        }
    }

    private ScoreResult index(ScoreRequest request) {
        JsonNode asked = body(request);
        JsonNode ready = asked.get("ready");
        if (ready != null && !ready.isBoolean()) {
            throw Refused.invalid("Unable to parse 'ready': it is no boolean");
        }
        boolean readyOnly = ready != null && ready.booleanValue();
        var json = Json.STRICT.createArrayNode();
        for (ModelRepository.Entry entry : repository.index()) {
            if (readyOnly && !entry.state().equals("READY")) {
                continue;
            }
            var each = json.addObject();
            each.put("name", entry.name());
            if (!entry.version().isEmpty()) {
                each.put("version", entry.version());
            }
            if (!entry.state().isEmpty()) {
                each.put("state", entry.state());
            }
            if (!entry.reason().isEmpty()) {
                each.put("reason", entry.reason());
            }
        }
        return json(json);
    }

    private void control(
            ScoreRequest request, String name, String verb, Consumer<ScoreResult> done) {
        post(request);
        Consumer<@Nullable Refused> heard =
                why ->
                        done.accept(
                                why == null
                                        ? new ScoreResult(200, new Headers(), NOTHING)
                                        : error(why));
        JsonNode parameters = body(request).path("parameters");
        if (!parameters.isObject() && !parameters.isMissingNode() && !parameters.isNull()) {
            throw Refused.invalid("Unable to parse 'parameters': it is no object");
        }
        switch (verb) {
            case "load" -> repository.load(name, override(parameters), heard);
            case "unload" -> repository.unload(name, heard);
            default -> throw unknown(request);
        }
    }

    /** The configuration that the caller gives in place of the file; null when there is none. */
    private static @Nullable String override(JsonNode parameters) {
        for (String parameter : parameters.propertyNames()) {
            if (!parameter.equals(ModelRepository.CONFIG)) {
                throw ModelRepository.unsupported(parameter);
            }
        }
        JsonNode config = parameters.get(ModelRepository.CONFIG);
        if (config != null && !config.isString()) {
            throw Refused.invalid("the parameter 'config' is no text (expected: JSON as a text)");
        }
        return config == null ? null : config.stringValue();
    }

    private static JsonNode body(ScoreRequest request) {
        ByteBuffer body = request.body();
        if (!body.hasRemaining()) {
            return Json.object();
        }
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        try {
            JsonNode json = Json.STRICT.readTree(bytes);
            if (json.isObject()) {
                return json;
            }
        } catch (JacksonException wrong) {
            throw Refused.invalid("failed to parse the request JSON buffer: no JSON");
        }
        throw Refused.invalid("failed to parse the request JSON buffer: no object");
    }

    private JsonNode statistics() {
        return ConfigJson.statistics(Repositories.readyModels(repository));
    }

    /** Triton tells it by the status alone, the protocol's text by the body. */
    private static ScoreResult status(
            ScoreRequest request, String what, boolean good, @Nullable String model) {
        get(request);
        var body = Json.object();
        if (model != null) {
            body.put("name", model);
        }
        body.put(what, good);
        ScoreResult answer = json(body);
        return new ScoreResult(good ? 200 : 400, answer.headers(), answer.body());
    }

    private static ScoreResult get(ScoreRequest request, JsonNode json) {
        get(request);
        return json(json);
    }

    private static void get(ScoreRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw badMethod(request, "GET");
        }
    }

    private static void post(ScoreRequest request) {
        if (!request.method().equals("POST")) {
            throw badMethod(request, "POST");
        }
    }

    private static Refused badMethod(ScoreRequest request, String expected) {
        return new Refused(
                Refused.Kind.BAD_METHOD,
                request.method() + " " + request.path() + " (expected: " + expected + ")");
    }

    private static Refused unknown(ScoreRequest request) {
        return new Refused(
                Refused.Kind.NOT_FOUND,
                "There is nothing at '" + request.path() + "' in the Open Inference Protocol");
    }

    private static String[] segments(String path) {
        String[] raw = path.substring(1).split("/", -1);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i].indexOf('%') >= 0) {
                try {
                    raw[i] = URLDecoder.decode(raw[i].replace("+", "%2B"), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException notEncoded) {
                    throw Refused.invalid("The path is not percent-encoded: " + path);
                }
            }
        }
        return raw;
    }

    private static ScoreResult json(JsonNode json) {
        return new ScoreResult(
                200,
                Headers.of("Content-Type", "application/json"),
                ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8)));
    }

    static ScoreResult error(Refused why) {
        var json = Json.object();
        json.put("error", why.words());
        ScoreResult answer = json(json);
        if (why.kind() == Refused.Kind.BAD_METHOD) {
            answer.headers().add("Allow", why.words().endsWith("POST)") ? "POST" : "GET, HEAD");
        }
        return new ScoreResult(why.kind().http(), answer.headers(), answer.body());
    }
}
