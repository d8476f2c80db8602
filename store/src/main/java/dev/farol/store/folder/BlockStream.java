package dev.farol.store.folder;

import dev.farol.store.folder.StagedBlocks.Staged;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Blocks one after the other; only one is open at a time. A block that was read for the last time
 * is removed, so that blocks and what is made of them do not both take space.
 */
final class BlockStream extends InputStream {
    private final Iterator<Staged> blocks;
    private final Map<Path, Integer> uses = new HashMap<>();
    private final CRC32C checksum = new CRC32C();
    private InputStream current = InputStream.nullInputStream();
    private @Nullable Staged block;
    private long read;

    BlockStream(List<Staged> blocks) {
        this.blocks = blocks.iterator();
        blocks.forEach(each -> uses.merge(each.file(), 1, Integer::sum));
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
            if (count >= 0) {
                checksum.update(buffer, offset, count);
                read += count;
                return count;
            }
            finish();
            if (!blocks.hasNext()) {
                return -1;
            }
            block = blocks.next();
            current = Files.newInputStream(block.file());
        }
    }

    private void finish() throws IOException {
        current.close();
        current = InputStream.nullInputStream();
        Staged done = block;
        if (done == null) {
            return;
        }
        boolean whole = read == done.size() && (int) checksum.getValue() == done.checksum();
        if (!whole || uses.merge(done.file(), -1, Integer::sum) == 0) {
            Files.deleteIfExists(done.file());
        }
        if (!whole) {
            throw ObjectRefusal.wrongContent(
                    "blocklist", "A block was damaged on the disk; it must be put again.");
        }
        block = null;
        read = 0;
        checksum.reset();
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
