package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class BlobIT {
    private static final String BASE = "/farolstore.blob.core.windows.net/";

    @TempDir Path home;
    @AutoClose private Fixture farol;
    private String container;
    private String sas;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
        JsonNode upload =
                farol.post(
                                WS + "/codes/c/versions/1/startPendingUpload",
                                "{\"pendingUploadType\":\"TemporaryBlobReference\"}")
                        .json()
                        .path("blobReferenceForConsumption");
        String uri = upload.path("blobUri").asString();
        assertThat(uri).startsWith("https://127.0.0.1:8443" + BASE + "snap-");
        container = uri.substring(uri.lastIndexOf('/') + 1);
        String signed = upload.at("/credential/sasUri").asString();
        assertThat(signed).startsWith(uri + "?");
        sas = signed.substring(uri.length() + 1);
    }

    @Test
    void storesAndReadsABlob() throws IOException {
        assertThat(blob("HEAD", "a/b.txt", "", new Headers(), null).status()).isEqualTo(404);
        assertThat(blob("HEAD", "a/b.txt", "", new Headers(), null).header("x-ms-error-code"))
                .isEqualTo("BlobNotFound");

        Answer put = put("a/b.txt", "hello", "x-ms-meta-Name", "n", "Content-Type", "text/plain");
        assertThat(put.status()).isEqualTo(201);
        assertThat(put.header("ETag")).startsWith("\"").endsWith("\"");
        assertThat(put.header("Last-Modified")).endsWith("GMT");

        Answer get = blob("GET", "a/b.txt", "", new Headers(), null);
        assertThat(get.status()).isEqualTo(200);
        assertThat(get.text()).isEqualTo("hello");
        assertThat(get.header("x-ms-meta-name")).isEqualTo("n");
        assertThat(get.header("Content-Type")).isEqualTo("text/plain");
        assertThat(get.header("x-ms-blob-type")).isEqualTo("BlockBlob");
        assertThat(get.header("ETag")).isEqualTo(put.header("ETag"));
        assertThat(blob("HEAD", "a/b.txt", "", new Headers(), null).status()).isEqualTo(200);
    }

    @Test
    void storesOnlyOnceWithIfNoneMatch() throws IOException {
        assertThat(put("x", "1", "If-None-Match", "*").status()).isEqualTo(201);
        Answer again = put("x", "2", "If-None-Match", "*");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.header("x-ms-error-code")).isEqualTo("BlobAlreadyExists");
        assertThat(again.text()).contains("<Code>BlobAlreadyExists</Code>");
        assertThat(blob("GET", "x", "", new Headers(), null).text()).isEqualTo("1");
        assertThat(put("x", "3").status()).isEqualTo(201);
    }

    @Test
    void checksTheDigest() throws Exception {
        byte[] md5 =
                MessageDigest.getInstance("MD5").digest("hello".getBytes(StandardCharsets.UTF_8));
        String text = Base64.getEncoder().encodeToString(md5);
        assertThat(put("good", "hello", "Content-MD5", text).header("Content-MD5")).isEqualTo(text);

        Answer bad = put("bad", "other", "Content-MD5", text);
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.header("x-ms-error-code")).isEqualTo("Md5Mismatch");
        assertThat(blob("HEAD", "bad", "", new Headers(), null).status()).isEqualTo(404);
        assertThat(put("bad", "x", "Content-MD5", "zz").header("x-ms-error-code"))
                .isEqualTo("InvalidMd5");
    }

    @Test
    void joinsBlocksInTheOrderOfTheList() throws IOException {
        for (String part : new String[] {"two", "one"}) {
            Answer block =
                    blob("PUT", "big", "comp=block&blockid=" + id(part), new Headers(), part);
            assertThat(block.status()).isEqualTo(201);
        }
        assertThat(blob("HEAD", "big", "", new Headers(), null).status()).isEqualTo(404);

        Answer list =
                blob(
                        "PUT",
                        "big",
                        "comp=blocklist",
                        Headers.of("If-None-Match", "*", "x-ms-blob-content-type", "a/b"),
                        blockList("one", "two"));
        assertThat(list.status()).as(list.text()).isEqualTo(201);
        Answer get = blob("GET", "big", "", new Headers(), null);
        assertThat(get.text()).isEqualTo("onetwo");
        assertThat(get.header("Content-Type")).isEqualTo("a/b");

        Answer missing =
                blob("PUT", "other", "comp=blocklist", new Headers(), blockList("nothing"));
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.header("x-ms-error-code")).isEqualTo("InvalidBlockList");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<BlockList><Latest>x</Latest>",
                "<Other/>",
                "nothing",
                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><BlockList><Latest>&b;</Latest></BlockList>"
            })
    void refusesListsThatAreNone(String document) throws IOException {
        Answer answer = blob("PUT", "x", "comp=blocklist", new Headers(), document);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).doesNotContain("root:");
    }

    @Test
    void replacesMetadataAndShowsItOnTheNextHead() throws IOException {
        put("x", "1");
        Headers headers =
                Headers.of("x-ms-meta-upload_status", "completed", "x-ms-meta-version", "1");
        assertThat(blob("PUT", "x", "comp=metadata", headers, null).status()).isEqualTo(200);
        assertThat(blob("HEAD", "x", "", new Headers(), null).header("x-ms-meta-upload_status"))
                .isEqualTo("completed");
        Answer metadata = blob("GET", "x", "comp=metadata", new Headers(), null);
        assertThat(metadata.header("x-ms-meta-version")).isEqualTo("1");
        assertThat(metadata.text()).isEmpty();
        assertThat(blob("PUT", "none", "comp=metadata", headers, null).status()).isEqualTo(404);
        Headers bad = Headers.of("x-ms-meta-a-b", "1");
        assertThat(blob("PUT", "x", "comp=metadata", bad, null).header("x-ms-error-code"))
                .isEqualTo("InvalidMetadata");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-3|206|0123|bytes 0-3/10",
                "bytes=8-100|206|89|bytes 8-9/10",
                "bytes=5-|206|56789|bytes 5-9/10",
                "bytes=-2|206|89|bytes 8-9/10",
                "bytes=0-33554431|206|0123456789|bytes 0-9/10",
                "bytes=10-12|416||",
                "bytes=3-1|200|0123456789|",
                "bytes=99999999999999999999-|200|0123456789|",
                "rows=1-2|200|0123456789|"
            })
    void readsRanges(String range, int status, String body, String contentRange)
            throws IOException {
        put("digits", "0123456789");
        Answer answer = blob("GET", "digits", "", Headers.of("x-ms-range", range), null);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Range")).isEqualTo(contentRange);
        if (status < 400) {
            assertThat(answer.text()).isEqualTo(body);
        }
    }

    @Test
    void holdsConditions() throws IOException {
        String etag = put("x", "1").header("ETag");
        assertThat(get("x", "If-Match", etag).status()).isEqualTo(200);
        assertThat(get("x", "If-Match", "\"other\"").status()).isEqualTo(412);
        assertThat(get("x", "If-None-Match", etag).status()).isEqualTo(304);
        String date = "Sun, 01 Mar 2026 10:00:00 GMT";
        assertThat(get("x", "If-Modified-Since", date).status()).isEqualTo(304);
        assertThat(get("x", "If-Unmodified-Since", date).status()).isEqualTo(200);
        assertThat(put("x", "2", "If-Match", "\"other\"").status()).isEqualTo(412);
        assertThat(put("new", "2", "If-Match", "*").status()).isEqualTo(412);
        assertThat(put("x", "2", "If-Match", etag).status()).isEqualTo(201);
        assertThat(get("x", "If-Match", etag).status()).isEqualTo(412);
    }

    @Test
    void listsFoldersAndBlobsPageByPage() throws IOException {
        for (String name : new String[] {"a", "d/1", "d/2", "e/1", "f&<g", "ü b"}) {
            put(name, "x", "x-ms-meta-k", "v&");
        }
        String list = "restype=container&comp=list&delimiter=/&include=metadata";
        String all = container("GET", list).text();
        assertThat(all)
                .contains("<Name>a</Name>", "<BlobPrefix><Name>d/</Name></BlobPrefix>")
                .contains("<Name>f&amp;&lt;g</Name>", "<Name>ü b</Name>", "<k>v&amp;</k>")
                .contains("<NextMarker />")
                .doesNotContain("d/1");

        var seen = new StringBuilder();
        String marker = "";
        int pages = 0;
        do {
            String page = container("GET", list + "&maxresults=1&marker=" + marker).text();
            seen.append(page.replaceAll("(?s).*<Blobs>.*?<Name>(.*?)</Name>.*", "$1;"));
            marker =
                    page.contains("<NextMarker />")
                            ? ""
                            : page.replaceAll("(?s).*<NextMarker>(.*?)</NextMarker>.*", "$1");
            pages++;
        } while (!marker.isEmpty());
        assertThat(seen).hasToString("a;d/;e/;f&amp;&lt;g;ü b;");
        assertThat(pages).isEqualTo(5);

        assertThat(container("GET", "restype=container&comp=list&prefix=d/").text())
                .contains("d/1", "d/2")
                .doesNotContain("<Name>a<");
        assertThat(container("GET", list + "&marker=!!").status()).isEqualTo(400);
        assertThat(container("GET", list + "&maxresults=0").status()).isEqualTo(400);
        assertThat(container("GET", "restype=container").status()).isEqualTo(200);
    }

    @Test
    void keepsOddNamesApart() throws IOException {
        assertThat(put("a%20b%2Fc+d", "1").status()).isEqualTo(201);
        assertThat(blob("GET", "a%20b/c%2Bd", "", new Headers(), null).text()).isEqualTo("1");
        for (String name : new String[] {"../x", "a/../b", "a/..", "./x", "a%0Ab", "%2e%2e/x"}) {
            assertThat(put(name, "1").status()).as(name).isEqualTo(400);
        }
    }

    @Test
    void refusesWhatItDoesNotDo() throws IOException {
        assertThat(
                        blob("PUT", "x", "", Headers.of("x-ms-blob-type", "PageBlob"), "1")
                                .header("x-ms-error-code"))
                .isEqualTo("InvalidBlobType");
        assertThat(blob("PUT", "x", "", new Headers(), "1").header("x-ms-error-code"))
                .isEqualTo("MissingRequiredHeader");
        assertThat(blob("PUT", "x", "comp=lease", new Headers(), "").status()).isEqualTo(400);
        assertThat(
                        put("x", "", "x-ms-copy-source", "https://elsewhere/secret")
                                .header("x-ms-error-code"))
                .isEqualTo("CannotVerifyCopySource");
        assertThat(put("x", "1", "x-ms-structured-body", "XSM/1.0").header("x-ms-error-code"))
                .isEqualTo("UnsupportedHeader");
        assertThat(blob("HEAD", "x", "", new Headers(), null).status()).isEqualTo(404);
    }

    @Test
    void needsASignatureOrAToken() throws IOException {
        put("x", "1");
        String path = BASE + container + "/x";
        assertThat(farol.send("GET", path, new Headers(), null).status()).isEqualTo(401);
        assertThat(
                        farol.send(
                                        "GET",
                                        path,
                                        Headers.of("Authorization", "SharedKey farolstore:abc"),
                                        null)
                                .status())
                .isEqualTo(403);
        Headers bearer =
                Headers.of("Authorization", "Bearer " + farol.token("https://storage.azure.com"));
        assertThat(farol.send("GET", path, bearer, null).text()).isEqualTo("1");
        Headers other =
                Headers.of("Authorization", "Bearer " + farol.token("https://graph.microsoft.com"));
        Answer refused = farol.send("GET", path, other, null);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.text()).contains("<Code>InvalidAuthenticationInfo</Code>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sp=racwl|sp=racwdl",
                "sr=c|sr=b",
                "se=2026|se=2036",
                "sv=2021-08-06|sv=2020-12-06",
                "sv=2021-08-06|sv=2015-01-01",
                "sig=|sig=A",
                "&se=|&sip=1.1.1.1&se=",
                "&se=|&st=2026-01-01&se="
            })
    void refusesSignaturesThatWereTamperedWith(String part, String instead) throws IOException {
        put("x", "1");
        String tampered = sas.replaceFirst(part, instead);
        assertThat(tampered).isNotEqualTo(sas);

        Answer answer = farol.send("GET", BASE + container + "/x?" + tampered, new Headers(), null);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("x-ms-error-code")).isEqualTo("AuthenticationFailed");
    }

    @Test
    void holdsSignaturesToTheirContainerTimeAndPermissions() throws IOException {
        put("x", "1");
        String elsewhere = BASE + "snap-other/x?" + sas;
        assertThat(farol.send("GET", elsewhere, new Headers(), null).status()).isEqualTo(403);
        Answer delete = blob("DELETE", "x", "", new Headers(), null);
        assertThat(delete.status()).isEqualTo(403);
        assertThat(delete.header("x-ms-error-code")).isEqualTo("AuthorizationPermissionMismatch");

        farol.clock.advance(Duration.ofHours(24).minusSeconds(1));
        assertThat(blob("GET", "x", "", new Headers(), null).status()).isEqualTo(200);
        farol.clock.advance(Duration.ofSeconds(1));
        assertThat(blob("GET", "x", "", new Headers(), null).status()).isEqualTo(403);
    }

    @Test
    void deletesWithAToken() throws IOException {
        put("x", "1");
        String path = BASE + container + "/x";
        Headers bearer =
                Headers.of("Authorization", "Bearer " + farol.token("https://storage.azure.com"));
        assertThat(farol.send("DELETE", path, bearer, null).status()).isEqualTo(202);
        assertThat(farol.send("DELETE", path, bearer, null).status()).isEqualTo(404);
        assertThat(farol.send("GET", BASE + "private/x", bearer, null).header("x-ms-error-code"))
                .isEqualTo("ContainerNotFound");
        assertThat(farol.send("GET", "/other.blob.core.windows.net/c/x", bearer, null).status())
                .isEqualTo(404);
    }

    @Test
    void tellsWhichBlocksWait() throws IOException {
        assertThat(blob("GET", "big", "comp=blocklist", new Headers(), null).status())
                .isEqualTo(404);
        blob("PUT", "big", "comp=block&blockid=" + id("one"), new Headers(), "1234");

        Answer waiting =
                blob("GET", "big", "comp=blocklist&blocklisttype=all", new Headers(), null);
        assertThat(waiting.text())
                .contains("<CommittedBlocks />")
                .contains("<Block><Name>" + id("one") + "</Name><Size>4</Size></Block>");
        assertThat(
                        blob("GET", "big", "comp=blocklist&blocklisttype=x", new Headers(), null)
                                .status())
                .isEqualTo(400);
    }

    @Test
    void refusesBlockIdsThatAreNone() throws IOException {
        for (String id : new String[] {"", "!!", "QUI*", "QUJD".repeat(30)}) {
            assertThat(
                            blob("PUT", "b", "comp=block&blockid=" + id, new Headers(), "1")
                                    .header("x-ms-error-code"))
                    .as(id)
                    .isEqualTo("InvalidQueryParameterValue");
        }
    }

    @Test
    void copiesWhatTheCallerMayRead() throws IOException {
        put("from", "content", "x-ms-meta-k", "v");
        String here = "https://127.0.0.1:8443" + BASE;
        Headers signed = Headers.of("x-ms-copy-source", here + container + "/from?" + sas);
        Answer copied = blob("PUT", "to", "", signed, null);
        assertThat(copied.status()).as(copied.text()).isEqualTo(202);
        assertThat(copied.header("x-ms-copy-status")).isEqualTo("success");
        Answer read = blob("GET", "to", "", new Headers(), null);
        assertThat(read.text()).isEqualTo("content");
        assertThat(read.header("x-ms-meta-k")).isEqualTo("v");

        Headers unsigned = Headers.of("x-ms-copy-source", here + container + "/from");
        assertThat(blob("PUT", "other", "", unsigned, null).status()).isEqualTo(401);
        Headers changed =
                Headers.of(
                        "x-ms-copy-source",
                        here + container + "/from?" + sas,
                        "x-ms-source-if-match",
                        "\"0x1\"");
        assertThat(blob("PUT", "other", "", changed, null).status()).isEqualTo(412);
        Headers none = Headers.of("x-ms-copy-source", here + container + "/none?" + sas);
        assertThat(blob("PUT", "other", "", none, null).status()).isEqualTo(404);
        assertThat(blob("HEAD", "other", "", new Headers(), null).status()).isEqualTo(404);
    }

    @Test
    void replacesWhatReadersGetAsHeaders() throws IOException {
        put("x", "1", "x-ms-blob-content-type", "a/b", "x-ms-blob-cache-control", "no-store");
        Headers other = Headers.of("x-ms-blob-content-type", "c/d");
        assertThat(blob("PUT", "x", "comp=properties", other, null).status()).isEqualTo(200);
        Answer read = blob("GET", "x", "", new Headers(), null);
        assertThat(read.header("Content-Type")).isEqualTo("c/d");
        assertThat(read.header("Cache-Control")).isNull();
    }

    @Test
    void makesContainersForWhoMayDoEverything() throws IOException {
        Headers bearer =
                Headers.of("Authorization", "Bearer " + farol.token("https://storage.azure.com"));
        String made = BASE + "made-1";
        assertThat(farol.send("GET", made + "/x", bearer, null).status()).isEqualTo(404);
        assertThat(farol.send("PUT", made + "?restype=container", bearer, null).status())
                .isEqualTo(201);
        assertThat(
                        farol.send("PUT", made + "?restype=container", bearer, null)
                                .header("x-ms-error-code"))
                .isEqualTo("ContainerAlreadyExists");
        assertThat(farol.send("HEAD", made + "?restype=container", bearer, null).status())
                .isEqualTo(200);
        Headers put = Headers.of("x-ms-blob-type", "BlockBlob");
        bearer.forEach(put::set);
        assertThat(farol.send("PUT", made + "/x", put, Fixture.bytes("1")).status()).isEqualTo(201);
        assertThat(farol.send("GET", BASE + "?comp=list", bearer, null).text())
                .contains("<Name>made-1</Name>")
                .doesNotContain("$containers");
        assertThat(farol.send("DELETE", made + "?restype=container", bearer, null).status())
                .isEqualTo(202);
        assertThat(farol.send("GET", made + "/x", bearer, null).header("x-ms-error-code"))
                .isEqualTo("ContainerNotFound");
        for (String name : new String[] {"ab", "Upper", "two--hyphens", "$containers", "-a-"}) {
            assertThat(farol.send("PUT", BASE + name + "?restype=container", bearer, null).status())
                    .as(name)
                    .isEqualTo(400);
        }
        assertThat(container("PUT", "restype=container").status()).isEqualTo(403);
    }

    @Test
    void holdsConditionsAtTheWriteItself() throws IOException {
        String etag = put("x", "1").header("ETag");
        var late =
                new java.io.ByteArrayInputStream(Fixture.bytes("late")) {
                    private boolean done;

                    @Override
                    public synchronized int read(byte[] buffer, int offset, int length) {
                        if (!done) {
                            done = true;
                            try {
                                put("x", "meanwhile");
                            } catch (IOException unexpected) {
                                throw new AssertionError(unexpected);
                            }
                        }
                        return super.read(buffer, offset, length);
                    }
                };
        var request =
                new dev.farol.wire.ApiRequest(
                        "PUT",
                        BASE + container + "/x",
                        sas,
                        Fixture.HOST,
                        Headers.of("x-ms-blob-type", "BlockBlob", "If-Match", etag),
                        late,
                        4,
                        "127.0.0.1");
        assertThat(farol.api.handle(request).status()).isEqualTo(412);
        assertThat(blob("GET", "x", "", new Headers(), null).text()).isEqualTo("meanwhile");
    }

    @Test
    void givesTheDigestOfARange() throws Exception {
        put("digits", "0123456789");
        Answer part =
                blob(
                        "GET",
                        "digits",
                        "",
                        Headers.of("x-ms-range", "bytes=2-4", "x-ms-range-get-content-md5", "true"),
                        null);
        assertThat(part.text()).isEqualTo("234");
        byte[] md5 =
                MessageDigest.getInstance("MD5").digest("234".getBytes(StandardCharsets.UTF_8));
        assertThat(part.header("Content-MD5")).isEqualTo(Base64.getEncoder().encodeToString(md5));
    }

    @Test
    void answersOnAHostOfItsOwnToo() throws IOException {
        put("x", "1");
        Answer answer =
                Fixture.send(
                        farol.api,
                        "farolstore.blob.farol.local:8443",
                        "GET",
                        "/" + container + "/x?" + sas,
                        new Headers(),
                        null);
        assertThat(answer.text()).isEqualTo("1");
    }

    private Answer put(String name, String content, String... headers) throws IOException {
        Headers all = Headers.of(headers);
        all.set("x-ms-blob-type", "BlockBlob");
        return blob("PUT", name, "", all, content);
    }

    private Answer get(String name, String header, String value) throws IOException {
        return blob("GET", name, "", Headers.of(header, value), null);
    }

    private Answer blob(String method, String name, String query, Headers headers, String body)
            throws IOException {
        return farol.send(
                method,
                BASE + container + "/" + name + "?" + (query.isEmpty() ? "" : query + "&") + sas,
                headers,
                Fixture.bytes(body));
    }

    private Answer container(String method, String query) throws IOException {
        return farol.send(method, BASE + container + "?" + query + "&" + sas, new Headers(), null);
    }

    private static String id(String part) {
        return Base64.getEncoder().encodeToString(part.getBytes(StandardCharsets.UTF_8));
    }

    private static String blockList(String... parts) {
        var list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        for (String part : parts) {
            list.append("<Latest>").append(id(part)).append("</Latest>");
        }
        return list.append("</BlockList>").toString();
    }
}
