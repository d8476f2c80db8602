package dev.farol.wire;

import static dev.farol.wire.RawHttp2.CONTINUATION;
import static dev.farol.wire.RawHttp2.DATA;
import static dev.farol.wire.RawHttp2.END_HEADERS;
import static dev.farol.wire.RawHttp2.END_STREAM;
import static dev.farol.wire.RawHttp2.GO_AWAY;
import static dev.farol.wire.RawHttp2.HEADERS;
import static dev.farol.wire.RawHttp2.PING;
import static dev.farol.wire.RawHttp2.RESET;
import static dev.farol.wire.RawHttp2.SETTINGS;
import static dev.farol.wire.RawHttp2.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.RawHttp2.Frame;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames that no client may send: the stream or the connection ends, and nothing is forwarded. */
class MalformedHttp2IT {
    @FunctionalInterface
    private interface Writing {
        void to(RawHttp2 client) throws IOException;
    }

    private static final String[] GET = {
        ":method", "GET", ":scheme", "http", ":path", "/x", ":authority", "h"
    };
    private static final String[] POST = {
        ":method", "POST", ":scheme", "http", ":path", "/x", ":authority", "h"
    };

    private final AtomicInteger forwarded = new AtomicInteger();
    private RawServer target;
    private ProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        target =
                new RawServer(
                        (connection, number) -> {
                            while (connection.readRequest() != null) {
                                forwarded.incrementAndGet();
                                connection.write(RawServer.ok("taken"));
                            }
                        });
        proxy =
                ProxyServer.start(
                        new Listen("127.0.0.1", 0, null),
                        new FakePolicy(target.target()),
                        ProxyConfig.DEFAULTS);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        target.close();
    }

    private static Writing head(String... fields) {
        return client ->
                client.write(HEADERS, END_HEADERS | END_STREAM, 1, RawHttp2.headers(fields));
    }

    private static String[] with(String[] fields, String... more) {
        var all = new ArrayList<String>();
        all.addAll(java.util.List.of(fields));
        all.addAll(java.util.List.of(more));
        return all.toArray(String[]::new);
    }

    private static String[] replaced(String name, String value) {
        String[] fields = GET.clone();
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equals(name)) {
                fields[i + 1] = value;
            }
        }
        return fields;
    }

    private static Map<String, Writing> cases() {
        var cases = new LinkedHashMap<String, Writing>();
        cases.put("no method", head(":scheme", "http", ":path", "/x", ":authority", "h"));
        cases.put("no path", head(":method", "GET", ":scheme", "http", ":authority", "h"));
        cases.put("no scheme", head(":method", "GET", ":path", "/x", ":authority", "h"));
        cases.put("an empty path", head(replaced(":path", "")));
        cases.put("an empty method", head(replaced(":method", "")));
        cases.put("two methods", head(with(GET, ":method", "POST")));
        cases.put("two paths", head(with(GET, ":path", "/y")));
        cases.put("two authorities", head(with(GET, ":authority", "evil")));
        cases.put("a status", head(with(GET, ":status", "200")));
        cases.put("an unknown pseudo-header", head(with(GET, ":x", "1")));
        cases.put(
                "a pseudo-header after a header",
                head(":method", "GET", "x", "1", ":scheme", "http", ":path", "/x"));
        cases.put("authority and another Host", head(with(GET, "host", "evil")));
        cases.put("a space in the path", head(replaced(":path", "/x HTTP/1.1")));
        cases.put(
                "a line end in the path",
                head(replaced(":path", "/x HTTP/1.1\r\nHost: evil\r\n\r\nGET /y")));
        cases.put("a nul in the path", head(replaced(":path", "/\0")));
        cases.put("a fragment in the path", head(replaced(":path", "/x#y")));
        cases.put("a relative path", head(replaced(":path", "x")));
        cases.put("latin-1 in the path", head(replaced(":path", "/\u00e9")));
        cases.put("a space in the method", head(replaced(":method", "GET /y")));
        cases.put("a line end in the method", head(replaced(":method", "GET\r\n")));
        cases.put("a line end in the authority", head(replaced(":authority", "h\r\nX: 1")));
        cases.put("a user in the authority", head(replaced(":authority", "u@h")));
        cases.put("a path in the authority", head(replaced(":authority", "h/x")));
        cases.put("a line end in the scheme", head(replaced(":scheme", "http\r\nX: 1")));
        cases.put("CONNECT", head(":method", "CONNECT", ":authority", "h:443"));
        cases.put("CONNECT with a path", head(replaced(":method", "CONNECT")));
        cases.put(
                "CONNECT for a protocol",
                head(with(replaced(":method", "CONNECT"), ":protocol", "websocket")));
        cases.put("a capital in a name", head(with(GET, "X-A", "1")));
        cases.put("a space in a name", head(with(GET, "x a", "1")));
        cases.put("a colon in a name", head(with(GET, "x:a", "1")));
        cases.put("an empty name", head(with(GET, "", "1")));
        cases.put("a line end in a name", head(with(GET, "x\r\ny", "1")));
        cases.put("a nul in a value", head(with(GET, "x", "a\0b")));
        cases.put("a line feed in a value", head(with(GET, "x", "a\nb")));
        cases.put("a line end in a value", head(with(GET, "x", "a\r\ntransfer-encoding: chunked")));
        cases.put("connection", head(with(GET, "connection", "close")));
        cases.put("keep-alive", head(with(GET, "keep-alive", "1")));
        cases.put("proxy-connection", head(with(GET, "proxy-connection", "close")));
        cases.put("upgrade", head(with(GET, "upgrade", "websocket")));
        cases.put("transfer-encoding", head(with(GET, "transfer-encoding", "chunked")));
        cases.put("te of gzip", head(with(GET, "te", "gzip")));
        cases.put("a length without body", head(with(POST, "content-length", "4")));
        cases.put("a length that is no number", head(with(POST, "content-length", "x")));
        cases.put("a negative length", head(with(POST, "content-length", "-1")));
        cases.put("two lengths", head(with(POST, "content-length", "0", "content-length", "4")));
        cases.put(
                "a body longer than its length",
                client ->
                        client.write(
                                        HEADERS,
                                        END_HEADERS,
                                        1,
                                        RawHttp2.headers(with(POST, "content-length", "4")))
                                .data(END_STREAM, 1, "longer"));
        cases.put(
                "a body shorter than its length",
                client ->
                        client.write(
                                        HEADERS,
                                        END_HEADERS,
                                        1,
                                        RawHttp2.headers(with(POST, "content-length", "4")))
                                .data(END_STREAM, 1, "s"));
        cases.put(
                "trailers with a pseudo-header",
                client ->
                        client.write(HEADERS, END_HEADERS, 1, RawHttp2.headers(POST))
                                .data(0, 1, "body")
                                .write(
                                        HEADERS,
                                        END_HEADERS | END_STREAM,
                                        1,
                                        RawHttp2.headers(":path", "/y")));
        cases.put(
                "headers twice without an end",
                client ->
                        client.write(HEADERS, END_HEADERS, 1, RawHttp2.headers(POST))
                                .write(HEADERS, END_HEADERS, 1, RawHttp2.headers("x", "1")));
        cases.put("headers of 70 KB", head(with(GET, "x", "a".repeat(70_000))));
        cases.put(
                "201 headers",
                client -> {
                    String[] fields = GET;
                    for (int i = 0; i < 200; i++) {
                        fields = with(fields, "x", "1");
                    }
                    head(fields).to(client);
                });
        cases.put("a body before its headers", client -> client.data(END_STREAM, 1, "body"));
        cases.put(
                "a stream of even number",
                client ->
                        client.write(HEADERS, END_HEADERS | END_STREAM, 2, RawHttp2.headers(GET)));
        cases.put(
                "headers on stream 0",
                client ->
                        client.write(HEADERS, END_HEADERS | END_STREAM, 0, RawHttp2.headers(GET)));
        cases.put("a body on stream 0", client -> client.data(0, 0, "body"));
        cases.put("settings on stream 1", client -> client.write(SETTINGS, 0, 1, new byte[0]));
        cases.put("settings of 5 bytes", client -> client.write(SETTINGS, 0, 0, new byte[5]));
        cases.put(
                "settings of push 2",
                client -> client.write(SETTINGS, 0, 0, new byte[] {0, 2, 0, 0, 0, 2}));
        cases.put("a ping of 7 bytes", client -> client.write(PING, 0, 0, new byte[7]));
        cases.put("a reset of an idle stream", client -> client.write(RESET, 0, 1, new byte[4]));
        cases.put(
                "a window of zero more", client -> client.write(WINDOW_UPDATE, 0, 0, new byte[4]));
        cases.put(
                "a continuation of nothing",
                client -> client.write(CONTINUATION, END_HEADERS, 1, RawHttp2.headers(GET)));
        cases.put(
                "a frame within headers",
                client ->
                        client.write(HEADERS, END_STREAM, 1, RawHttp2.headers(GET))
                                .write(PING, 0, 0, new byte[8]));
        cases.put(
                "headers that are no HPACK",
                client ->
                        client.write(
                                HEADERS,
                                END_HEADERS | END_STREAM,
                                1,
                                new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF}));
        cases.put(
                "a stream that depends on itself",
                client ->
                        client.write(
                                HEADERS,
                                END_HEADERS | END_STREAM | 0x20,
                                1,
                                new byte[] {0, 0, 0, 1, 16}));
        cases.put(
                "padding longer than its frame",
                client ->
                        client.write(HEADERS, END_HEADERS, 1, RawHttp2.headers(POST))
                                .write(DATA, END_STREAM | 8, 1, new byte[] {9, 0}));
        cases.put("a frame of 17 KB", client -> client.write(DATA, 0, 1, new byte[17_000]));
        cases.put("a push", client -> client.write(5, END_HEADERS, 1, new byte[] {0, 0, 0, 2}));
        cases.put(
                "HTTP/1.1 after the preface",
                client ->
                        client.raw(
                                "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII)));
        cases.put(
                "continuations without end",
                client -> {
                    client.write(HEADERS, END_STREAM, 1, RawHttp2.headers(GET));
                    for (int i = 0; i < 10_000; i++) {
                        client.write(CONTINUATION, 0, 1, RawHttp2.headers("x", "1".repeat(100)));
                    }
                });
        cases.put(
                "empty continuations without end",
                client -> {
                    client.write(HEADERS, END_STREAM, 1, RawHttp2.headers(GET));
                    for (int i = 0; i < 10_000; i++) {
                        client.write(CONTINUATION, 0, 1, new byte[0]);
                    }
                });
        return cases;
    }

    @Test
    void nothingMalformedIsForwarded() throws Exception {
        var wrong = new ArrayList<String>();
        for (var each : cases().entrySet()) {
            String outcome = outcome(each.getValue());
            if (!outcome.matches("reset|goodbye|close|4\\d\\d")) {
                wrong.add(each.getKey() + " → " + outcome);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(forwarded).hasValue(0);
        assertThat(outcome(head(GET))).isEqualTo("200");
    }

    /** Floods cost the connection, not the server. */
    @Test
    void aFloodEndsItsConnection() throws Exception {
        assertThat(
                        outcome(
                                client -> {
                                    for (int stream = 1; stream < 20_000; stream += 2) {
                                        client.write(
                                                        HEADERS,
                                                        END_HEADERS,
                                                        stream,
                                                        RawHttp2.headers(POST))
                                                .write(RESET, 0, stream, new byte[] {0, 0, 0, 8});
                                    }
                                }))
                .isIn("goodbye", "close");
        assertThat(
                        outcome(
                                client -> {
                                    client.write(HEADERS, END_HEADERS, 1, RawHttp2.headers(POST));
                                    for (int i = 0; i < 20_000; i++) {
                                        client.write(DATA, 0, 1, new byte[0]);
                                    }
                                }))
                .isIn("goodbye", "close");
        assertThat(outcome(head(GET))).isEqualTo("200");
    }

    private String outcome(Writing writing) throws IOException {
        try (var client = new RawHttp2(proxy.port())) {
            try {
                writing.to(client);
            } catch (SocketException endedAlready) {
                return "close";
            }
            Frame frame = client.next();
            return frame == null
                    ? "close"
                    : switch (frame.type()) {
                        case RESET -> "reset";
                        case GO_AWAY -> "goodbye";
                        case HEADERS -> client.decode(frame).status().toString();
                        default -> frame.toString();
                    };
        } catch (SocketException reset) {
            return "close";
        } catch (Exception fault) {
            return fault.toString();
        }
    }
}
