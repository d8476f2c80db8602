package dev.farol.store.remote;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.store.folder.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.opendal.AsyncOperator;
import org.apache.opendal.ListOptions;
import org.apache.opendal.Metadata;
import org.apache.opendal.OpenDALException;
import org.apache.opendal.Operator;
import org.apache.opendal.WriteOptions;
import org.apache.opendal.layer.RetryLayer;

/**
 * Contents by digest, {@code sha256/ab/cdef…}, in any store that OpenDAL reaches. A content appears
 * when its write is closed: a large one goes up in parts that nobody sees before.
 */
public final class OpenDalVault implements Vault {
    /** The size of a part, of which a few are in memory at once. S3 wants five MiB at least. */
    private static final int PART = 8 * 1024 * 1024;

    private static final String OWNER = "farol-owner";
    private static final Pattern REST = Pattern.compile("[0-9a-f]{62}");

    private final String where;
    private final AsyncOperator operator;
    private final Operator store;

    private OpenDalVault(String where, AsyncOperator operator) {
        this.where = where;
        this.operator = operator;
        this.store = operator.blocking();
    }

    /**
     * Opens the store and makes it the folder's own, since names and contents belong together.
     *
     * @param where the store in words, for errors
     * @param service OpenDAL's name of the protocol
     * @param owner the id of the folder
     * @throws FarolException {@code ServiceUnavailable} when it cannot be reached, {@code Conflict}
     *     when it belongs to another folder
     */
    static OpenDalVault open(
            String where, String service, Map<String, String> settings, String owner) {
        OpenDalLibrary.load();
        var retries =
                RetryLayer.builder()
                        .jitter(true)
                        .minDelay(Duration.ofMillis(100))
                        .maxDelay(Duration.ofSeconds(2))
                        .maxTimes(4)
                        .build();
        AsyncOperator operator;
        try (AsyncOperator plain = AsyncOperator.of(service, settings)) {
            operator = plain.layer(retries);
        } catch (OpenDALException wrong) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT, where + " cannot be used: " + reason(wrong));
        }
        var vault = new OpenDalVault(where, operator);
        boolean mine = false;
        try {
            vault.claim(owner);
            mine = true;
            return vault;
        } catch (OpenDALException unreachable) {
            throw new FarolException(
                    Problem.of(
                            ErrorCode.UNAVAILABLE,
                            where + " cannot be used: " + reason(unreachable)),
                    unreachable);
        } finally {
            if (!mine) {
                vault.close();
            }
        }
    }

    private void claim(String owner) {
        String present;
        try {
            present = new String(store.read(OWNER), StandardCharsets.UTF_8);
        } catch (OpenDALException absent) {
            if (absent.getCode() != OpenDALException.Code.NotFound) {
                throw absent;
            }
            present = claimed(owner);
        }
        if (!present.equals(owner)) {
            throw new FarolException(
                    ErrorCode.CONFLICT,
                    where
                            + " belongs to another Farol (its object "
                            + OWNER
                            + " says "
                            + present
                            + ", this home is "
                            + owner
                            + "). Set another prefix or bucket, or start with the home folder that"
                            + " it belongs to.");
        }
    }

    private String claimed(String owner) {
        byte[] mark = owner.getBytes(StandardCharsets.UTF_8);
        try {
            store.write(OWNER, mark, WriteOptions.builder().ifNotExists(true).build());
            return owner;
        } catch (OpenDALException taken) {
            if (taken.getCode() != OpenDALException.Code.ConditionNotMatch) {
                throw taken;
            }
            return new String(store.read(OWNER), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void keep(String sha256, Path file, long size) throws IOException {
        String path = path(sha256);
        try {
            if (holds(path, size)) {
                return;
            }
            if (size <= PART) {
                store.write(path, Files.readAllBytes(file));
                return;
            }
            send(file, path);
        } catch (OpenDALException failed) {
            throw unavailable("A content cannot be kept", failed);
        }
    }

    private void send(Path file, String path) throws IOException {
        OutputStream parts = store.createOutputStream(path, PART);
        boolean whole = false;
        try (InputStream content = Files.newInputStream(file)) {
            byte[] buffer = new byte[PART];
            int count;
            while ((count = content.readNBytes(buffer, 0, PART)) > 0) {
                parts.write(buffer, 0, count);
            }
            parts.close();
            whole = true;
        } finally {
            if (!whole) {
                giveUp(parts, path);
            }
        }
    }

    /** Closing is what frees the writer, and it may make a torn content appear: remove that. */
    private void giveUp(OutputStream parts, String path) {
        try {
            parts.close();
        } catch (IOException | OpenDALException expected) {
            // What failed before is what the caller hears of.
        }
        try {
            store.delete(path);
        } catch (OpenDALException stillAway) {
            // Its size tells that it is torn; the next write replaces it.
        }
    }

    private boolean holds(String path, long size) {
        try {
            Metadata present = store.stat(path);
            return present.getContentLength() == size;
        } catch (OpenDALException absent) {
            if (absent.getCode() == OpenDALException.Code.NotFound) {
                return false;
            }
            throw absent;
        }
    }

    @Override
    public InputStream read(String sha256, long offset, long length) throws IOException {
        var content = new RemoteStream(this, path(sha256), offset, length);
        content.open();
        return content;
    }

    /** A part of a content, at most as long as a part is. */
    byte[] part(String path, long offset, long length) throws IOException {
        try {
            byte[] part = store.read(path, offset, Math.min(length, PART));
            if (part.length == 0) {
                throw new IOException("The object store gave nothing of " + path);
            }
            return part;
        } catch (OpenDALException failed) {
            if (failed.getCode() == OpenDALException.Code.NotFound) {
                throw new NoSuchFileException(path);
            }
            throw unavailable("A content cannot be read", failed);
        }
    }

    @Override
    public void remove(String sha256) throws IOException {
        try {
            store.delete(path(sha256));
        } catch (OpenDALException failed) {
            throw unavailable("A content cannot be removed", failed);
        }
    }

    @Override
    public List<String> digests(String shard) throws IOException {
        String folder = "sha256/" + shard + "/";
        try {
            return store.list(folder, ListOptions.builder().recursive(true).build()).stream()
                    .map(entry -> entry.path.substring(folder.length()))
                    .filter(rest -> REST.matcher(rest).matches())
                    .map(rest -> shard + rest)
                    .toList();
        } catch (OpenDALException failed) {
            throw unavailable("The contents cannot be listed", failed);
        }
    }

    @Override
    public void close() {
        store.close();
        operator.close();
    }

    private static String path(String sha256) {
        return "sha256/" + sha256.substring(0, 2) + "/" + sha256.substring(2);
    }

    private FarolException unavailable(String what, OpenDALException failed) {
        return new FarolException(
                Problem.of(ErrorCode.UNAVAILABLE, what + ": " + where + ": " + reason(failed)),
                failed);
    }

    /** The first line, and the source, which names the address that did not answer. */
    private static String reason(OpenDALException failed) {
        String text = String.valueOf(failed.getMessage());
        int source = text.indexOf("Source:");
        String first = text.lines().findFirst().orElse(text).strip();
        return source < 0
                ? first
                : first
                        + ": "
                        + text.substring(source + "Source:".length())
                                .strip()
                                .lines()
                                .findFirst()
                                .orElse("");
    }
}
