package dev.farol.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A service on a real port that keeps what is put, answers as ARM and blob storage do, and records
 * every call but the token's.
 */
final class FakeArm implements AutoCloseable {
    static final String SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
    static final String WORKSPACE =
            "/subscriptions/"
                    + SUBSCRIPTION
                    + "/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

    record Call(String method, String path, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    record Reply(int status, Map<String, String> headers, String body) {
        static Reply json(int status, Object body) {
            return new Reply(status, Map.of(), JsonText.compact(body));
        }

        Reply with(String name, String value) {
            var more = new HashMap<>(headers);
            more.put(name, value);
            return new Reply(status, more, body);
        }
    }

    final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    final Map<String, Object> resources = Collections.synchronizedMap(new LinkedHashMap<>());
    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, Function<Call, Reply>> scripted = new ConcurrentHashMap<>();

    /** What the status URL answers, one after the other; the last one stays. */
    final Deque<Reply> operation = new ArrayDeque<>();

    /** The id of a code version whose hash is asked for, or null. */
    volatile String knownCode;

    private final HttpServer server;
    private final java.util.concurrent.ExecutorService threads =
            Executors.newVirtualThreadPerTaskExecutor();

    FakeArm() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        operation.add(Reply.json(200, Tree.of("status", "Succeeded")));
        resources.put(WORKSPACE, Tree.of("id", WORKSPACE, "name", "ws", "location", "local"));
        put(
                "/datastores/workspaceblobstore",
                Tree.of(
                        "datastoreType", "AzureBlob",
                        "accountName", host() + "/farolstore",
                        "containerName", "azureml-blobstore-1"));
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    String url() {
        return "http://" + host();
    }

    /** Puts a resource there as the service would have it. */
    void put(String path, Object properties) {
        put(path, Tree.of("properties", properties), "Succeeded");
    }

    private Map<String, Object> put(String path, Map<String, Object> body, String state) {
        String id = path.startsWith("/subscriptions/") ? path : WORKSPACE + path;
        Map<String, Object> resource = Tree.of("id", id, "name", id.replaceAll(".*/", ""));
        resource.putAll(body);
        Map<String, Object> properties = Tree.map(body, "properties");
        properties.put("provisioningState", state);
        if (path.startsWith("/onlineEndpoints") && !path.contains("/deployments")) {
            String name = String.valueOf(resource.get("name"));
            properties.put("scoringUri", url() + "/api/v1/endpoint/" + name + "/score");
        }
        resource.put("properties", properties);
        resources.put(id, resource);
        return resource;
    }

    /** Answers calls of one method and path below the workspace (or an absolute path). */
    void script(String methodAndPath, Function<Call, Reply> answer) {
        scripted.put(methodAndPath, answer);
    }

    List<String> lines() {
        synchronized (calls) {
            return calls.stream().map(call -> call.method() + " " + call.path()).toList();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = new HashMap<String, String>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(), values.getFirst()));
            var call =
                    new Call(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString().replace(WORKSPACE, "{WS}"),
                            headers,
                            exchange.getRequestBody().readAllBytes());
            Reply reply = reply(call);
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            boolean none = body.length == 0 || call.method().equals("HEAD");
            exchange.sendResponseHeaders(reply.status(), none ? -1 : body.length);
            if (!none) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Reply reply(Call call) {
        String path = call.path().replaceAll("\\?.*", "");
        if (path.equals("/msi/token")) {
            boolean known = "s3cret".equals(call.headers().get("x-identity-header"));
            return known
                    ? Reply.json(200, Tree.of("access_token", "t0ken-value"))
                    : Reply.json(401, Tree.of("error", Tree.of("code", "x", "message", "no")));
        }
        calls.add(call);
        Function<Call, Reply> script = scripted.get(call.method() + " " + path);
        if (script != null) {
            return script.apply(call);
        }
        if (path.contains(".blob.")) {
            return blob(call, path);
        }
        if (!"Bearer t0ken-value".equals(call.headers().get("authorization"))) {
            return Reply.json(
                    401,
                    Tree.of("error", Tree.of("code", "AuthenticationFailed", "message", "token")));
        }
        if (path.endsWith("/discovery")) {
            return Reply.json(
                    200, Tree.of("subscriptionId", SUBSCRIPTION, "resourceGroup", "shared"));
        }
        if (path.startsWith("/operations/")) {
            synchronized (operation) {
                return operation.size() > 1 ? operation.poll() : operation.peek();
            }
        }
        return path.startsWith("/subscriptions/")
                ? resource(call, path, path)
                : resource(call, path.replace("{WS}", ""), WORKSPACE + path.replace("{WS}", ""));
    }

    private Reply resource(Call call, String path, String id) {
        return switch (call.method()) {
            case "PATCH" -> {
                Map<String, Object> merged = Tree.map(resources.get(id));
                Tree.map(JsonText.parse(call.body())).forEach(merged::put);
                resources.put(id, merged);
                yield Reply.json(200, merged);
            }
            case "PUT" -> {
                Object body = JsonText.parse(call.body());
                var made = put(path, Tree.map(body), "Succeeded");
                Reply reply = Reply.json(201, made);
                yield path.startsWith("/onlineEndpoints") ? started(reply) : reply;
            }
            case "DELETE" -> {
                Object gone = resources.remove(id);
                yield gone == null
                        ? new Reply(204, Map.of(), "")
                        : started(new Reply(202, Map.of(), "null"));
            }
            case "POST" -> posted(path);
            default -> found(path, id);
        };
    }

    private Reply started(Reply reply) {
        return reply.with("Azure-AsyncOperation", url() + "/operations/1?api-version=x");
    }

    private Reply posted(String path) {
        if (path.endsWith("/startPendingUpload")) {
            String blob = url() + "/farolstore.blob.core.windows.net/snap-1234abcd";
            return Reply.json(
                    200,
                    Tree.of(
                            "blobReferenceForConsumption",
                            Tree.of(
                                    "blobUri",
                                    blob,
                                    "credential",
                                    Tree.of("sasUri", blob + "?sv=1&sig=abc"))));
        }
        if (path.endsWith("/listSecrets")) {
            return Reply.json(200, Tree.of("secretsType", "Sas", "sasToken", "sv=1&sig=abc"));
        }
        if (path.endsWith("/listKeys")) {
            return Reply.json(200, Tree.of("primaryKey", "pk", "secondaryKey", "sk"));
        }
        return Reply.json(200, Tree.of());
    }

    private Reply found(String path, String id) {
        if (path.matches(
                ".*/(versions|deployments|onlineEndpoints|models|environments|data|components"
                        + "|codes|datastores|computes|workspaces|registries)")) {
            List<Object> items = new ArrayList<>();
            if (path.startsWith("/codes/") && knownCode != null) {
                items.add(resources.get(knownCode));
            }
            synchronized (resources) {
                resources.forEach(
                        (key, resource) -> {
                            if (key.matches(java.util.regex.Pattern.quote(id) + "/[^/]+")) {
                                items.add(resource);
                            }
                        });
            }
            return Reply.json(200, Tree.of("value", items));
        }
        Object resource = resources.get(id);
        return resource == null
                ? Reply.json(
                        404,
                        Tree.of(
                                "error",
                                Tree.of(
                                        "code",
                                        "ResourceNotFound",
                                        "message",
                                        "The resource " + path + " does not exist.")))
                : Reply.json(200, resource);
    }

    private Reply blob(Call call, String path) {
        if (!call.path().contains("sig=abc")) {
            return new Reply(403, Map.of("x-ms-error-code", "AuthenticationFailed"), "<Error/>");
        }
        if (call.method().equals("HEAD")) {
            boolean marked = blobs.containsKey(path + "#metadata");
            return blobs.containsKey(path)
                    ? new Reply(
                            200,
                            marked ? Map.of("x-ms-meta-upload_status", "completed") : Map.of(),
                            "")
                    : new Reply(404, Map.of("x-ms-error-code", "BlobNotFound"), "");
        }
        if (call.method().equals("GET")) {
            return call.path().contains("comp=list") ? listed(call) : part(call, path);
        }
        if (call.path().contains("comp=block&")) {
            blobs.put(
                    path + "#" + call.path().replaceAll(".*blockid=([^&]*).*", "$1"), call.body());
        } else if (call.path().contains("comp=metadata")) {
            blobs.put(path + "#metadata", call.body());
        } else if (blobs.putIfAbsent(path, call.body()) != null) {
            return new Reply(409, Map.of("x-ms-error-code", "BlobAlreadyExists"), "");
        }
        return new Reply(201, Map.of(), "");
    }

    private Reply listed(Call call) {
        String prefix =
                URLDecoder.decode(
                        call.path().replaceAll(".*[?&]prefix=([^&]*).*", "$1"),
                        StandardCharsets.UTF_8);
        String container = call.path().replaceAll("\\?.*", "") + "/";
        var xml = new StringBuilder("<?xml version=\"1.0\"?><EnumerationResults><Blobs>");
        blobs.keySet().stream()
                .map(path -> URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8))
                .filter(path -> path.startsWith(container + prefix) && !path.contains("#"))
                .sorted()
                .forEach(
                        path ->
                                xml.append("<Blob><Name>")
                                        .append(path.substring(container.length()))
                                        .append("</Name></Blob>"));
        return new Reply(
                200, Map.of(), xml.append("</Blobs><NextMarker/></EnumerationResults>").toString());
    }

    private Reply part(Call call, String path) {
        byte[] content = blobs.get(path);
        if (content == null) {
            return new Reply(404, Map.of("x-ms-error-code", "BlobNotFound"), "");
        }
        String[] range = call.headers().get("x-ms-range").replace("bytes=", "").split("-");
        int from = Integer.parseInt(range[0]);
        int to = Math.min(content.length, (int) Long.parseLong(range[1]) + 1);
        if (from >= content.length) {
            return new Reply(416, Map.of(), "");
        }
        String text = new String(content, from, to - from, StandardCharsets.UTF_8);
        String whole = "bytes " + from + "-" + (to - 1) + "/" + content.length;
        return new Reply(206, Map.of("Content-Range", whole, "ETag", "\"e\""), text);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
