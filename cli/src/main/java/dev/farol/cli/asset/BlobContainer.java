package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A blob container that is written with a shared access signature, by the subset of the protocol in
 * contracts §2.4.
 *
 * @param url without a slash at its end and without a query
 * @param sas the signature without a question mark; null means that the caller's token is sent
 */
record BlobContainer(Arm arm, String url, @Nullable String sas) {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final long WHOLE = 64L * 1024 * 1024;
    private static final int BLOCK = 8 * 1024 * 1024;
    private static final int HANDS = 4;
    private static final String VERSION = "2026-06-06";

    /** From a URL with a signature. */
    static BlobContainer signed(Arm arm, String sasUri) {
        int query = sasUri.indexOf('?');
        return query < 0
                ? new BlobContainer(arm, sasUri, null)
                : new BlobContainer(arm, sasUri.substring(0, query), sasUri.substring(query + 1));
    }

    /** Where the service lets a version's files be put. */
    static BlobContainer pending(Arm arm, @Nullable Object pending) {
        String sasUri = Tree.text(pending, "blobReferenceForConsumption", "credential", "sasUri");
        if (sasUri == null) {
            throw CommandFailed.failed("The service gave no place to upload to.");
        }
        return signed(arm, sasUri);
    }

    /** The container of a datastore of the workspace. */
    static BlobContainer ofDatastore(Arm arm, String datastore) {
        String path = "/datastores/" + datastore;
        Object store = arm.get(path, Versions.DATASTORE).body();
        String account = Tree.text(store, "properties", "accountName");
        String container = Tree.text(store, "properties", "containerName");
        if (account == null || container == null) {
            throw CommandFailed.failed("The datastore " + datastore + " is no blob container.");
        }
        Object secrets =
                arm.post(
                                path + "/listSecrets",
                                Versions.DATASTORE,
                                Tree.of("expirableSecret", true, "expireAfterHours", 1))
                        .body();
        String scheme = arm.connection().arm().replaceAll("://.*", "");
        String sas = Tree.text(secrets, "sasToken");
        if (sas == null && Tree.text(secrets, "key") != null) {
            throw CommandFailed.failed(
                    "The datastore " + datastore + " hands out an account key (expected: a SAS).");
        }
        return new BlobContainer(
                arm,
                scheme + "://" + account + "." + suffix(store) + "/" + container,
                sas == null ? null : sas.replaceFirst("^\\?", ""));
    }

    private static String suffix(@Nullable Object store) {
        String account = Tree.textOr(Tree.at(store, "properties"), "accountName", "");
        String endpoint = Tree.text(store, "properties", "endpoint");
        boolean here = account.contains("/") || endpoint == null;
        return "blob." + (here ? "core.windows.net" : endpoint);
    }

    /**
     * Uploads below {@code prefix} unless an earlier upload of the same asset was completed. The
     * marked file gets its mark when all others are there.
     */
    void upload(LocalFiles local, String prefix, String name, String version) {
        LocalFiles.LocalFile first = local.marked();
        String marked = prefix + "/" + first.relative();
        ApiClient.Answer probe = send("HEAD", marked, "", new Headers(), null);
        if (probe.status() == 200
                && probe.headers()
                        .first("x-ms-meta-upload_status")
                        .orElse("")
                        .equals("completed")) {
            return;
        }
        var progress = new UploadProgress(arm.diagnostics(), local.name(), local.size());
        var tasks = new ArrayList<Runnable>();
        for (LocalFiles.LocalFile file : local.files()) {
            tasks.add(() -> upload(file, prefix + "/" + file.relative(), progress));
        }
        Crew.run(HANDS, tasks);
        Headers metadata =
                Headers.of(
                        "x-ms-meta-name",
                        name,
                        "x-ms-meta-version",
                        version,
                        "x-ms-meta-upload_status",
                        "completed");
        check(send("PUT", marked, "comp=metadata", metadata, null), marked);
    }

    private void upload(LocalFiles.LocalFile file, String blob, UploadProgress progress) {
        if (file.size() > WHOLE) {
            blocks(file, blob, progress);
            return;
        }
        Headers headers =
                Headers.of(
                        "x-ms-blob-type",
                        "BlockBlob",
                        "If-None-Match",
                        "*",
                        "Content-Type",
                        "application/octet-stream",
                        "Content-MD5",
                        Base64.getEncoder().encodeToString(ContentHash.md5(file.path())));
        stored(send("PUT", blob, "", headers, new ApiClient.FilePayload(file.path())), blob);
        progress.sent(file.size());
    }

    private void blocks(LocalFiles.LocalFile file, String blob, UploadProgress progress) {
        int count = (int) ((file.size() + BLOCK - 1) / BLOCK);
        var tasks = new ArrayList<Runnable>();
        var list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        for (int i = 0; i < count; i++) {
            String id = blockId(i);
            long start = (long) i * BLOCK;
            int length = (int) Math.min(BLOCK, file.size() - start);
            list.append("<Latest>").append(id).append("</Latest>");
            tasks.add(
                    () -> {
                        String query =
                                "comp=block&blockid="
                                        + URLEncoder.encode(id, StandardCharsets.UTF_8);
                        var part = new ApiClient.BytesPayload(part(file, start, length));
                        check(send("PUT", blob, query, new Headers(), part), blob);
                        progress.sent(length);
                    });
        }
        Crew.run(HANDS, tasks);
        byte[] body = list.append("</BlockList>").toString().getBytes(StandardCharsets.UTF_8);
        Headers headers =
                Headers.of(
                        "If-None-Match", "*",
                        "Content-Type", "application/xml",
                        "x-ms-blob-content-type", "application/octet-stream");
        stored(
                send("PUT", blob, "comp=blocklist", headers, new ApiClient.BytesPayload(body)),
                blob);
    }

    /** All ids of a blob have the same length, as the protocol wants. */
    private static String blockId(int index) {
        return Base64.getEncoder()
                .encodeToString(String.format("%012d", index).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] part(LocalFiles.LocalFile file, long start, int length) {
        byte[] bytes = new byte[length];
        try (var content = new RandomAccessFile(file.path().toFile(), "r")) {
            content.seek(start);
            content.readFully(bytes);
            return bytes;
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    ApiClient.Answer send(
            String method,
            String blob,
            String query,
            Headers headers,
            ApiClient.@Nullable Payload payload) {
        headers.set("x-ms-version", VERSION);
        if (sas == null) {
            headers.set("Authorization", "Bearer " + arm.token());
        }
        var full = new StringBuilder(url);
        if (!blob.isEmpty()) {
            full.append('/').append(Uploads.encoded(blob));
        }
        String and = "?";
        for (String part : List.of(query, sas == null ? "" : sas)) {
            if (!part.isEmpty()) {
                full.append(and).append(part);
                and = "&";
            }
        }
        return arm.send(method, full.toString(), headers, payload, TIMEOUT);
    }

    /** A blob that is already there is the same blob: its path holds the hash of its content. */
    private static void stored(ApiClient.Answer answer, String blob) {
        if (answer.status() != 409 && answer.status() != 412) {
            check(answer, blob);
        }
    }

    private static void check(ApiClient.Answer answer, String blob) {
        if (answer.status() >= 300) {
            String code = answer.headers().first("x-ms-error-code").orElse("");
            throw CommandFailed.failed(
                    "The upload of "
                            + blob
                            + " was refused with "
                            + answer.status()
                            + (code.isEmpty() ? "" : " " + code)
                            + (answer.body().length == 0 ? "" : "\n" + answer.text().strip()));
        }
    }
}
