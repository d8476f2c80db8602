package dev.farol.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.wire.ApiServer;
import dev.farol.wire.Listen;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Odd and malformed requests on the blob plane, over real sockets: none may be Farol's fault, and
 * afterwards the store holds exactly what was said to be stored.
 */
class BlobFuzzIT {
    private static final String BASE = "/farolstore.blob.core.windows.net/snap-fuzz";
    private static final String LONG = "x".repeat(3000);

    private static final List<String> PATHS =
            List.of(
                    "/a",
                    "/a/b",
                    "//a",
                    "/a//b",
                    "/a/",
                    "/",
                    "",
                    "/.",
                    "/..",
                    "/../a",
                    "/a/../b",
                    "/%2e%2e/a",
                    "/%2E%2E%2Fa",
                    "/a/%2e/b",
                    "/a%2Fb",
                    "/a%2f%2fb",
                    "/%2F",
                    "/%00",
                    "/a%00b",
                    "/%0d%0aX: y",
                    "/%0D%0Ax",
                    "/%7f",
                    "/%",
                    "/%4",
                    "/%zz",
                    "/a%20b",
                    "/a+b",
                    "/a%2Bb",
                    "/%C3%BC",
                    "/%ff%fe",
                    "/%ED%A0%80",
                    "/%EF%BF%BF",
                    "/%F0%9F%99%82",
                    "/" + LONG,
                    "/" + "y/".repeat(700),
                    "/" + "%C3%BC".repeat(900),
                    "/a;b=c",
                    "/a?b%3Dc",
                    "/a\\b",
                    "/C:%5Cx",
                    "/~",
                    "/$logs",
                    "/'\"<>&",
                    "/%25",
                    "/%2525",
                    "/trailing.",
                    "/dots...",
                    "/con",
                    "/a%09b",
                    "/%e2%80%ae");

    private static final List<String> QUERIES =
            List.of(
                    "",
                    "comp=",
                    "comp=list",
                    "comp=block",
                    "comp=block&blockid=",
                    "comp=block&blockid=!!",
                    "comp=block&blockid=" + "QUJD".repeat(60),
                    "comp=block&blockid=QQ%3D%3D",
                    "comp=block&blockid=..%2F..",
                    "comp=blocklist",
                    "comp=blocklist&blocklisttype=none",
                    "comp=metadata",
                    "comp=properties",
                    "comp=lease",
                    "comp=tags",
                    "comp=snapshot",
                    "comp=page",
                    "comp=appendblock",
                    "comp=copy",
                    "comp=undelete",
                    "comp=%00",
                    "comp=" + LONG,
                    "restype=container",
                    "restype=container&comp=list&maxresults=-1",
                    "restype=container&comp=acl",
                    "restype=container&comp=list&maxresults=99999999999999",
                    "restype=container&comp=list&marker=%00",
                    "restype=container&comp=list&marker=Zg",
                    "restype=container&comp=list&marker=YQ&prefix=%00",
                    "restype=container&comp=list&prefix=%ED%A0%80&delimiter=%00",
                    "restype=container&comp=list&delimiter=" + LONG,
                    "restype=container&comp=list&prefix=%EF%BF%BF",
                    "restype=service&comp=properties",
                    "snapshot=2020-01-01",
                    "versionid=1",
                    "timeout=-5",
                    "rscd=a%0d%0ab",
                    "rsct=%ff",
                    "&&&=&=",
                    "%",
                    "%zz=%zz",
                    "sv=",
                    "blocklisttype=all&comp=blocklist");

    private static final List<String> HEADERS =
            List.of(
                    "",
                    "x-ms-blob-type: BlockBlob",
                    "x-ms-blob-type: PageBlob",
                    "x-ms-blob-type: " + LONG,
                    "x-ms-range: bytes=0-",
                    "x-ms-range: bytes=-0",
                    "x-ms-range: bytes=-",
                    "x-ms-range: bytes=9-1",
                    "x-ms-range: bytes=0-1,3-4",
                    "x-ms-range: bytes=999999999999999999-",
                    "Range: bytes=5-99999999999999999999",
                    "Range: " + LONG,
                    "Range: bytes=-999999999999999999",
                    "x-ms-range: bytes=0-3\r\nx-ms-range-get-content-md5: true",
                    "If-Match: *",
                    "If-Match: \"",
                    "If-Match: " + LONG,
                    "If-None-Match: *",
                    "If-None-Match: \"0x0\", W/\"x\", *",
                    "If-Modified-Since: yesterday",
                    "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
                    "If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT",
                    "Content-MD5: nonsense",
                    "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==",
                    "Content-MD5: AAAA",
                    "x-ms-blob-content-md5: nonsense",
                    "x-ms-meta-: x",
                    "x-ms-meta-a-b: x",
                    "x-ms-meta-1: x",
                    "x-ms-meta-k: " + "v".repeat(7000),
                    "x-ms-meta-k: " + "v".repeat(9000),
                    "x-ms-meta-ü: x",
                    "x-ms-meta-k: \u00fc\u0001",
                    "x-ms-blob-content-type: a\tb",
                    "x-ms-blob-cache-control: " + LONG,
                    "x-ms-structured-body: XSM/1.0",
                    "x-ms-content-crc64: AAAA",
                    "x-ms-copy-source: ",
                    "x-ms-copy-source: nonsense",
                    "x-ms-copy-source: http://",
                    "x-ms-copy-source: https://[::1",
                    "x-ms-copy-source: file:///etc/passwd",
                    "x-ms-copy-source: https://127.0.0.1" + BASE + "/a",
                    "x-ms-copy-source: http://HOST" + BASE + "/seed",
                    "x-ms-copy-source: http://HOST" + BASE + "/%00",
                    "x-ms-copy-source: http://HOST"
                            + BASE
                            + "/seed\r\nx-ms-source-range: bytes=90-",
                    "x-ms-copy-source: http://HOST" + BASE + "/none",
                    "x-ms-client-request-id: \u00ff",
                    "x-ms-version: nonsense",
                    "x-ms-date: never",
                    "x-ms-lease-id: x",
                    "Expect: 100-continue",
                    "Content-Type: ;;;",
                    "Accept-Encoding: gzip");

    private static final List<String> BODIES =
            List.of(
                    "",
                    "x",
                    "<BlockList/>",
                    "<BlockList>",
                    "<BlockList><Latest/></BlockList>",
                    "<BlockList><Latest>QQ==</Latest></BlockList>",
                    "<BlockList><Other>QQ==</Other></BlockList>",
                    "<BlockList><Latest><Latest>QQ==</Latest></Latest></BlockList>",
                    "<BlockList><Latest>QQ==</Latest></BlockList><BlockList/>",
                    "<?xml version=\"1.1\" encoding=\"utf-16\"?><BlockList/>",
                    "<?xml version=\"1.0\" encoding=\"nonsense\"?><BlockList/>",
                    "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]><BlockList><Latest>&d;"
                            + "</Latest></BlockList>",
                    "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><BlockList/>",
                    "<BlockList>" + "<Latest>QQ==</Latest>".repeat(50_001) + "</BlockList>",
                    "<BlockList>" + "<a>".repeat(10_000),
                    "\u0000\u0001\u00ff",
                    "{}",
                    "<BlockList xmlns:x=\"y\"><x:Latest>QQ==</x:Latest></BlockList>",
                    "<BlockList><Latest>&#0;</Latest></BlockList>",
                    "<BlockList><Latest>&undefined;</Latest></BlockList>",
                    "<BlockList><Latest>" + LONG + "</Latest></BlockList>");

    @TempDir Path home;
    private Fixture farol;
    private ApiServer server;
    private String token;
    private int cases;
    private final List<String> faults = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
        server = ApiServer.start(new Listen("127.0.0.1", 0, null), farol.api);
        token = "Authorization: Bearer " + farol.token("https://storage.azure.com");
        send("PUT", "/seed", "", "x-ms-blob-type: BlockBlob", "0123456789");
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        farol.close();
    }

    @Test
    void noOddRequestIsAFaultOfFarol() throws Exception {
        for (String path : PATHS) {
            for (String method : List.of("PUT", "GET", "HEAD", "DELETE")) {
                send(method, path, "", "x-ms-blob-type: BlockBlob", "x");
            }
        }
        for (String query : QUERIES) {
            send("GET", "/seed", query, "", "");
            send("GET", "", query, "", "");
            send("PUT", "/q", query, "x-ms-blob-type: BlockBlob", "x");
        }
        for (String header : HEADERS) {
            send("GET", "/seed", "", header, "");
            send("PUT", "/h", "", "x-ms-blob-type: BlockBlob\r\n" + header, "abc");
            send("PUT", "/h", "comp=block&blockid=QQ%3D%3D", header, "abc");
        }
        for (String body : BODIES) {
            send("PUT", "/l", "comp=blocklist", "", body);
        }
        for (String authorization :
                List.of(
                        "",
                        "Bearer",
                        "Bearer ",
                        "Bearer a.b.c",
                        "Bearer " + LONG,
                        "Basic eDp5",
                        "SharedKey",
                        "SharedKey ",
                        "SharedKey :",
                        "SharedKey farolstore:",
                        "SharedKey farolstore.blob.x:" + LONG,
                        "SharedKey other:x",
                        "SharedKeyLite farolstore:x",
                        "\u00ff\u0001")) {
            ask("GET", "/seed", "", "Authorization: " + authorization, "");
            ask("GET", "/seed", "sig=" + "%00", "Authorization: " + authorization, "");
        }
        for (String signature :
                List.of(
                        "sig=",
                        "sig=x&sv=9999-99-99&sr=c&se=never",
                        "sig=x&sv=2021-08-06&ss=b",
                        "sig=x&sv=2021-08-06&sr=b&se=2999-01-01",
                        "sig=x&skoid=1&sv=2021-08-06",
                        "sig=x&sv=2021-08-06&sr=" + LONG)) {
            ask("GET", "/seed", signature, "", "");
        }
        var random = new Random(20261127);
        for (int i = 0; i < 300; i++) {
            send(
                    any(random, List.of("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "MERGE")),
                    any(random, PATHS),
                    any(random, QUERIES) + "&" + any(random, QUERIES),
                    "x-ms-blob-type: BlockBlob\r\n" + any(random, HEADERS),
                    any(random, BODIES));
        }
        assertThat(faults).isEmpty();
        assertThat(cases).isGreaterThan(700);
        storeIsConsistent();
    }

    @Test
    void aBodyThatBreaksOffStoresNothing() throws Exception {
        for (int i = 0; i < 20; i++) {
            for (String query : List.of("", "?comp=block&blockid=QQ%3D%3D", "?comp=blocklist")) {
                String head =
                        "PUT "
                                + BASE
                                + "/half"
                                + query
                                + " HTTP/1.1\r\nHost: HOST\r\nx-ms-blob-type: BlockBlob\r\n"
                                + token
                                + "\r\nContent-Length: 100000\r\n\r\n";
                try (Socket socket = new Socket("127.0.0.1", server.port())) {
                    socket.getOutputStream()
                            .write((head + "x".repeat(i * 4500)).getBytes(ISO_8859_1));
                    socket.getOutputStream().flush();
                }
            }
        }
        assertThat(send("HEAD", "/half", "", "", "")).isEqualTo(404);
        dev.farol.kit.testing.Eventually.eventually(
                "nothing is left of what came", () -> files("objects/tmp").isEmpty());
        assertThat(farol.objects.blocks("snap-fuzz", "half")).isEmpty();
        storeIsConsistent();
    }

    @Test
    void refusesLengthsThatAreNone() throws Exception {
        for (String length :
                List.of(
                        "Content-Length: -1",
                        "Content-Length: x",
                        "Content-Length: 1e3",
                        "Content-Length: 5\r\nContent-Length: 6",
                        "Content-Length: 99999999999999999999",
                        "Transfer-Encoding: nonsense",
                        "Transfer-Encoding: chunked\r\nContent-Length: 3")) {
            String request =
                    "PUT "
                            + BASE
                            + "/length HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"
                            + "x-ms-blob-type: BlockBlob\r\n"
                            + token
                            + "\r\n"
                            + length
                            + "\r\n\r\nzz\r\n\r\n";
            int status = status(request);
            assertThat(status).as(length).isBetween(400, 499);
        }
        assertThat(send("HEAD", "/length", "", "", "")).isEqualTo(404);
    }

    private static <T> T any(Random random, List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private int send(String method, String path, String query, String headers, String body)
            throws IOException {
        return ask(method, path, query, headers.isEmpty() ? token : token + "\r\n" + headers, body);
    }

    private int ask(String method, String path, String query, String headers, String body)
            throws IOException {
        cases++;
        String target = BASE + path + (query.isEmpty() ? "" : "?" + query);
        String request =
                method
                        + " "
                        + target.replace(" ", "%20")
                        + " HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"
                        + (headers.isEmpty() ? "" : headers + "\r\n")
                        + "Content-Length: "
                        + body.getBytes(ISO_8859_1).length
                        + "\r\n\r\n"
                        + body;
        int status = status(request);
        // Who sends much to where nothing is wanted may be cut off before the answer.
        boolean cut = status == 0 && body.length() > 20_000;
        if (!cut && (status < 200 || status >= 500)) {
            faults.add(status + " for " + request.substring(0, Math.min(300, request.length())));
        }
        return status;
    }

    /** The status of the answer; 0 when there was none. */
    private int status(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(20_000);
            String host = "127.0.0.1:" + server.port();
            byte[] answer;
            try {
                socket.getOutputStream().write(request.replace("HOST", host).getBytes(ISO_8859_1));
                socket.getOutputStream().flush();
                answer = socket.getInputStream().readAllBytes();
            } catch (java.net.SocketException reset) {
                return 0;
            }
            String text = new String(answer, ISO_8859_1);
            while (text.startsWith("HTTP/1.1 100")) {
                text = text.substring(text.indexOf("\r\n\r\n") + 4);
            }
            return text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0;
        }
    }

    /** Every name has its content whole, every content has a name, nothing else is there. */
    private void storeIsConsistent() throws Exception {
        Set<String> named = new TreeSet<>();
        for (String container : farol.objects.containers()) {
            for (ObjectInfo object : farol.objects.list(container, "", null, 10_000)) {
                try (InputStream content = farol.objects.read(object, 0, Long.MAX_VALUE)) {
                    byte[] bytes = content.readAllBytes();
                    assertThat(bytes).as(object.name()).hasSize((int) object.size());
                    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
                    assertThat(object.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
                }
                assertThat(object.name().getBytes(UTF_8).length).isLessThanOrEqualTo(4096);
                named.add(object.sha256());
            }
        }
        assertThat(files("objects/sha256")).isEqualTo(named);
        assertThat(files("objects/tmp")).isEmpty();
        assertThat(send("GET", "", "restype=container&comp=list", "", "")).isEqualTo(200);
    }

    /** Files below a folder of the home, as the digests that their paths are. */
    private Set<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getParent().getFileName() + "" + file.getFileName())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
