package dev.farol.store.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** Files one after the other; only one is open at a time. */
final class BlockStream extends InputStream {
    private final Iterator<Path> files;
    private InputStream current = InputStream.nullInputStream();

    BlockStream(List<Path> files) {
        this.files = files.iterator();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        while (true) {
            int count = current.read(buffer, offset, length);
            if (count >= 0 || !files.hasNext()) {
                return count;
            }
            current.close();
            current = Files.newInputStream(files.next());
        }
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
