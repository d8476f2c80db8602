package dev.farol.runtime.python;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that come in parts, and scripts that answer many requests at once. */
class StreamingIT {
    /** Each part waits for a file of its name, so that the test says when it comes. */
    private static final String STEPS =
            """
            import os, time
            def wait(name):
                while not os.path.exists(name):
                    time.sleep(0.005)
            def init(): pass
            def run(raw):
                def parts():
                    try:
                        for name in raw.split():
                            wait(name)
                            yield "<" + name + ">"
                        print("all was sent")
                    except GeneratorExit:
                        print("nobody reads any more")
                        raise
                return parts()
            """;

    private static final String ASYNC_STEPS =
            """
            import asyncio, os
            waiting = 0
            def init(): pass
            async def run(raw):
                if raw.startswith("together"):
                    global waiting
                    waiting += 1
                    while waiting < 8:
                        await asyncio.sleep(0.005)
                    return [raw, os.getpid()]
                return parts(raw)
            async def parts(raw):
                try:
                    for name in raw.split():
                        while not os.path.exists(name):
                            await asyncio.sleep(0.005)
                        yield {"name": name}
                except (GeneratorExit, asyncio.CancelledError):
                    print("nobody reads any more")
                    raise
            """;

    private ReplicaFixture replica;

    @BeforeEach
    void make() throws Exception {
        replica = new ReplicaFixture();
    }

    @AfterEach
    void end() throws Exception {
        replica.close();
    }

    /** A client that reads byte by byte what comes. */
    private final class Reader implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final StringBuilder seen = new StringBuilder();

        Reader(String body) throws Exception {
            socket = new Socket("127.0.0.1", replica.replica().port());
            socket.setSoTimeout(20_000);
            in = socket.getInputStream();
            socket.getOutputStream()
                    .write(
                            ("POST /score HTTP/1.1\r\nHost: a\r\nContent-Length: "
                                            + body.length()
                                            + "\r\n\r\n"
                                            + body)
                                    .getBytes(StandardCharsets.US_ASCII));
        }

        String until(String text) throws Exception {
            while (seen.indexOf(text) < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new AssertionError("ended without " + text + ": " + seen);
                }
                seen.append((char) next);
            }
            return seen.toString();
        }

        String rest() throws Exception {
            for (int next = in.read(); next >= 0; next = in.read()) {
                seen.append((char) next);
            }
            return seen.toString();
        }

        @Override
        public void close() throws java.io.IOException {
            socket.close();
        }
    }

    private void allow(String name) throws Exception {
        Files.createFile(replica.app.resolve(name));
    }

    @Test
    void eachPartArrivesBeforeTheNextIsMade() throws Exception {
        replica.script(STEPS).ready();
        try (var reader = new Reader("one two three")) {
            allow("one");
            assertThat(reader.until("<one>")).contains("200 OK").contains("text/plain");
            allow("two");
            assertThat(reader.until("<two>")).doesNotContain("<three>");
            allow("three");
            reader.until("\r\n0\r\n\r\n");
        }
        assertThat(replica.score("one").body()).isEqualTo("<one>");
    }

    @Test
    void aGeneratorIsClosedWhenItsClientIsGone() throws Exception {
        replica.script(STEPS).ready();
        try (var reader = new Reader("one two three")) {
            allow("one");
            reader.until("<one>");
        }
        allow("two");
        eventually("told", () -> replica.console().contains("nobody reads any more"));
        assertThat(replica.console()).doesNotContain("all was sent");
        allow("three");
        assertThat(replica.score("three").body()).isEqualTo("<three>");
    }

    @Test
    void noMoreIsMadeThanTheClientTakes() throws Exception {
        replica.script(
                        """
                        made = 0
                        def init(): pass
                        def run(raw):
                            def parts():
                                for n in range(int(raw)):
                                    with open("made", "w") as file: file.write(str(n))
                                    yield b"x" * 1000000
                            return parts()
                        """)
                .ready();
        Path made = replica.app.resolve("made");
        try (var reader = new Reader("60")) {
            reader.until("\r\n\r\n");
            var last = new AtomicLong(-1);
            var same = new AtomicLong();
            eventually(
                    "the generator stands still",
                    () -> {
                        String text = Files.readString(made);
                        long now = text.isEmpty() ? -1 : Long.parseLong(text);
                        same.set(now == last.getAndSet(now) ? same.get() + 1 : 0);
                        return same.get() >= 20;
                    });
            assertThat(last.get()).isLessThan(20);
            long bytes = 0;
            var buffer = new byte[1 << 16];
            while (bytes < 60_000_000) {
                int count = reader.in.read(buffer);
                assertThat(count).isPositive();
                bytes += count;
            }
        }
    }

    @Test
    void aGeneratorThatRaisesAtOnceIsAnErrorAndLaterACut() throws Exception {
        replica.script(
                        """
                        def init(): pass
                        def run(raw):
                            if raw == "late": yield "a"
                            raise ValueError("no more")
                        """)
                .ready();
        var early = replica.score("early");
        assertThat(early.statusCode()).isEqualTo(500);
        assertThat(early.headers().firstValue("x-ms-run-function-failed")).hasValue("True");
        try (var reader = new Reader("late")) {
            assertThat(reader.rest()).contains("\r\na\r\n").doesNotContain("0\r\n\r\n");
        }
        eventually("log", () -> replica.console().contains("ValueError: no more"));
    }

    @Test
    void aWorkerThatDiesCutsItsStream() throws Exception {
        replica.script(
                        "import os\ndef init(): pass\ndef run(raw):\n    yield 'a'\n    os._exit(1)\n")
                .ready();
        try (var reader = new Reader("x")) {
            assertThat(reader.rest()).contains("\r\na\r\n").doesNotContain("0\r\n\r\n");
        }
    }

    @Test
    void asynchronousRunsShareOneWorker() throws Exception {
        replica.script(ASYNC_STEPS).ready();
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 8; i++) {
            answers.add(replica.scoreAsync("together" + i));
        }
        var pid = replica.pids("started").getFirst();
        for (int i = 0; i < 8; i++) {
            var answer = answers.get(i).join();
            assertThat(answer.body()).isEqualTo("[\"together" + i + "\", " + pid + "]");
            assertThat(answer.headers().firstValue("x-ms-run-fn-exec-ms")).isPresent();
        }
    }

    @Test
    void asynchronousGeneratorsStreamBesideEachOther() throws Exception {
        replica.script(ASYNC_STEPS).ready();
        try (var first = new Reader("one two");
                var second = new Reader("one")) {
            allow("one");
            assertThat(first.until("{\"name\": \"one\"}\n")).contains("application/x-ndjson");
            second.until("\r\n0\r\n\r\n");
            allow("two");
            first.until("\r\n0\r\n\r\n");
        }
    }

    @Test
    void anAsynchronousGeneratorIsToldThatItsClientIsGone() throws Exception {
        replica.script(ASYNC_STEPS).ready();
        try (var reader = new Reader("one never")) {
            allow("one");
            reader.until("one");
        }
        eventually("told", () -> replica.console().contains("nobody reads any more"));
    }

    @Test
    void whatARequestWritesNamesIt() throws Exception {
        replica.script(
                        """
                        import sys
                        def init(): print("from init")
                        def run(raw):
                            print("printed", raw)
                            sys.stderr.write("one\\ntwo\\n")
                            return 1
                        """)
                .ready();
        var request =
                replica.to("/score")
                        .header("x-request-id", "r-7")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("b"));
        assertThat(replica.send(request).statusCode()).isEqualTo(200);
        eventually(
                "lines",
                () -> {
                    String console = replica.console();
                    return console.contains("azmlinfsrv.print - [r-7] printed b\n")
                            && console.contains("\n[r-7] one\n[r-7] two\n")
                            && console.contains("azmlinfsrv.print - from init\n");
                });
    }
}
