package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * 100,000 random requests, half through the gateway and half straight to a replica: bodies that are
 * anything, and heads that are nearly right. Nothing may break, and nobody may have to be replaced.
 */
class BodyFuzzFullE2E {
    private static final int REQUESTS = 100_000;
    private static final int CROWD = 16;

    /** Every so many is written by hand on a connection of its own. */
    private static final int RAW_EVERY = 5;

    /** What a server says of a method or a version of HTTP that it has never heard of. */
    private static final Set<Integer> UNHEARD_OF = Set.of(501, 505);

    private static final List<String> METHODS =
            List.of("POST", "POST", "POST", "GET", "OPTIONS", "PUT", "DELETE", "HEAD", "PATCH");
    private static final List<String> PATHS =
            List.of("/score", "/score", "/score", "/score?a=1&a=%ff", "/swagger.json?version=3")
                    .stream()
                    .toList();
    private static final List<String> TYPES =
            List.of(
                    "application/json",
                    "application/json; charset=latin1",
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                    "application/octet-stream");
    private static final List<String> HEAD_PARTS =
            List.of(
                    "POST /score HTTP/1.1",
                    "GET / HTTP/1.1",
                    "G\u0000T / HTTP/1.1",
                    "POST /score HTTP/2.7",
                    "POST  /score HTTP/1.1",
                    "Host: x",
                    "Content-Length: 3",
                    "Content-Length: -1",
                    "Content-Length: 99999999999999999999",
                    "Transfer-Encoding: chunked",
                    "Transfer-Encoding: chunked, gzip",
                    "Transfer-Encoding : chunked",
                    " folded",
                    "Expect: 100-continue",
                    "Connection: upgrade",
                    "Upgrade: websocket",
                    "x-ms-request-id: \u0001",
                    "x-request-id: " + "i".repeat(101),
                    "",
                    "3",
                    "abc",
                    "0",
                    "zz;q",
                    "ffffffffffffffff");

    private final Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private Farol farol;
    private Project project;

    @BeforeEach
    void start() throws Exception {
        farol = new Farol();
        farol.environment().put("JAVA_TOOL_OPTIONS", "-Dio.netty.leakDetection.level=paranoid");
        Files.writeString(
                farol.home().resolve("farol.yaml"),
                """
                backend:
                  inherited-variables: [PATH, HOME, LANG, TMPDIR, JAVA_TOOL_OPTIONS]
                """);
        project = new Project(farol);
        project.script(
                """
                import os

                def init(): pass
                def run(raw): return {"pid": os.getpid(), "length": len(raw)}
                """);
        project.deployment(
                "blue", "request_settings: {max_concurrent_requests_per_instance: 64}\n");
        farol.up();
        project.serve(farol);
        farol.run(
                        "online-deployment",
                        "create",
                        "--local",
                        "-f",
                        project.path("blue-deployment.yml"))
                .ok();
    }

    @AfterEach
    void stop() throws Exception {
        farol.run("online-endpoint", "delete", "--local", "-n", "credit", "--yes");
        farol.close();
    }

    /** Where requests go, and what the pid of its only worker is. */
    private record Door(URI base, String key, HttpClient http) {
        long worker() throws IOException, InterruptedException {
            var answer =
                    http.send(
                            request("/score").POST(BodyPublishers.ofString("{}")).build(),
                            BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return Json.STRICT.readTree(answer.body()).get("pid").asLong();
        }

        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Authorization", "Bearer " + key);
        }
    }

    @Test
    void nothingBreaks() throws Exception {
        ProcessHandle server = farol.server();
        String local = farol.localScoringUri("credit");
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                var crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            String key = farol.key("credit");
            var doors =
                    List.of(
                            new Door(base(farol.scoringUri("credit")), key, http),
                            new Door(base(local.replace("localhost", "127.0.0.1")), key, http));
            long first = doors.getFirst().worker();
            long second = doors.getLast().worker();
            long start = System.nanoTime();
            var work = new java.util.ArrayList<Future<?>>();
            for (int one = 0; one < CROWD; one++) {
                var random = new Random(one);
                work.add(crowd.submit(() -> fuzz(doors, random)));
            }
            for (Future<?> each : work) {
                each.get();
            }
            System.out.println(
                    "fuzz: "
                            + statuses
                            + " in "
                            + Duration.ofNanos(System.nanoTime() - start).toSeconds()
                            + " s");

            assertThat(faults).isEmpty();
            assertThat(statuses.values().stream().mapToLong(AtomicLong::get).sum())
                    .isEqualTo((long) REQUESTS / CROWD * CROWD);
            assertThat(statuses.getOrDefault(200, new AtomicLong()).get())
                    .as("some were right")
                    .isGreaterThan(REQUESTS / 10);
            assertThat(doors.getFirst().worker()).as("the same worker").isEqualTo(first);
            assertThat(doors.getLast().worker()).as("the same worker").isEqualTo(second);
        }
        assertThat(server.isAlive()).isTrue();
        assertThat(said("LEAK:")).isEmpty();
        assertThat(said(" ERROR ")).isEmpty();
    }

    private static URI base(String scoring) {
        return URI.create(scoring.replaceAll("/score$", ""));
    }

    private void fuzz(List<Door> doors, Random random) {
        for (int i = 0; i < REQUESTS / CROWD; i++) {
            Door door = doors.get(random.nextInt(doors.size()));
            try {
                if (i % RAW_EVERY == 0) {
                    raw(door, random);
                } else {
                    whole(door, random);
                }
            } catch (IOException | InterruptedException | RuntimeException fault) {
                faults.add(door.base() + ": " + fault);
                count(0);
            }
        }
    }

    private void whole(Door door, Random random) throws IOException, InterruptedException {
        String method = METHODS.get(random.nextInt(METHODS.size()));
        byte[] body = body(random);
        var publisher =
                body.length == 0
                        ? BodyPublishers.noBody()
                        : random.nextBoolean()
                                ? BodyPublishers.ofByteArray(body)
                                : BodyPublishers.ofInputStream(
                                        () -> new java.io.ByteArrayInputStream(body));
        var request =
                door.request(PATHS.get(random.nextInt(PATHS.size())))
                        .method(method, publisher)
                        .header("Content-Type", TYPES.get(random.nextInt(TYPES.size())))
                        .header("x-ms-request-id", "r".repeat(1 + random.nextInt(110)));
        var answer = door.http().send(request.build(), BodyHandlers.ofByteArray());
        judge(door, answer.statusCode(), method + " " + answer.uri());
    }

    private static byte[] body(Random random) {
        byte[] bytes =
                new byte[random.nextInt(10) == 0 ? random.nextInt(70_000) : random.nextInt(300)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            String json = "{\"data\": [1, \"\\ud83d\", {\"a\": null}, 1e999, \"é\"]}";
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            int cut = random.nextInt(text.length + 1);
            System.arraycopy(text, 0, bytes, 0, Math.min(bytes.length, cut));
        }
        return bytes;
    }

    /** Lines of requests in any order; what is said first is judged, if anything is said at all. */
    private void raw(Door door, Random random) throws IOException {
        var text = new StringBuilder();
        int lines = 1 + random.nextInt(8);
        for (int i = 0; i < lines; i++) {
            text.append(HEAD_PARTS.get(random.nextInt(i == 0 ? 5 : HEAD_PARTS.size())));
            text.append(random.nextInt(10) == 0 ? "\n" : "\r\n");
        }
        text.append("Authorization: Bearer ").append(door.key()).append("\r\n\r\nabc");
        try (var socket = new Socket(door.base().getHost(), door.base().getPort())) {
            socket.setSoTimeout(20);
            String said;
            try {
                OutputStream out = socket.getOutputStream();
                out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                said =
                        new String(
                                socket.getInputStream().readNBytes(12),
                                StandardCharsets.ISO_8859_1);
            } catch (java.net.SocketException | java.net.SocketTimeoutException refused) {
                said = "";
            }
            judge(
                    door,
                    said.matches("HTTP/1\\.. \\d\\d\\d") ? Integer.parseInt(said.substring(9)) : 1,
                    text.toString());
        }
    }

    private void judge(Door door, int status, String what) {
        count(status);
        if (status >= 500 && !UNHEARD_OF.contains(status) && faults.size() < 20) {
            faults.add(door.base() + " answered " + status + " to " + what);
        }
    }

    private void count(int status) {
        statuses.computeIfAbsent(status, any -> new AtomicLong()).incrementAndGet();
    }

    /** The lines of all logs of this home with that text. */
    private List<String> said(String text) throws IOException {
        try (Stream<Path> files = Files.walk(farol.home())) {
            return files.filter(file -> file.toString().matches(".*\\.(log|err)(\\.\\d)?"))
                    .flatMap(BodyFuzzFullE2E::lines)
                    .filter(line -> line.contains(text))
                    .limit(5)
                    .toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).lines();
        } catch (IOException gone) {
            return Stream.empty();
        }
    }
}
