package dev.farol.store.remote;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A range of a content, fetched part by part; the first when it is opened. */
final class RemoteStream extends InputStream {
    private final OpenDalVault vault;
    private final String path;
    private long offset;
    private long left;
    private byte[] part = new byte[0];
    private int next;

    RemoteStream(OpenDalVault vault, String path, long offset, long length) {
        this.vault = vault;
        this.path = path;
        this.offset = offset;
        this.left = length;
    }

    /** So that a content that is not there is known before the first byte is asked for. */
    void open() throws IOException {
        if (left > 0) {
            fetch();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        if (next == part.length) {
            if (left == 0) {
                return -1;
            }
            fetch();
        }
        int count = Math.min(length, part.length - next);
        System.arraycopy(part, next, buffer, from, count);
        next += count;
        return count;
    }

    private void fetch() throws IOException {
        part = vault.part(path, offset, left);
        next = 0;
        offset += part.length;
        left -= part.length;
    }
}
