package dev.farol.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private final List<byte[]> frames = new ArrayList<>();
    private final FrameReader reader =
            new FrameReader(1_000_000, frame -> frames.add(bytes(frame)));

    private static byte[] bytes(ByteBuffer frame) {
        var copy = new byte[frame.remaining()];
        frame.get(copy);
        return copy;
    }

    @Test
    void findsTheSameFramesHoweverTheStreamIsCut() {
        var random = new Random(7);
        var sizes = new int[] {0, 1, 5, 0, 70_000, 300_000, 3, 999_999};
        var stream = ByteBuffer.allocate(2_000_000);
        var sent = new ArrayList<byte[]>();
        for (int size : sizes) {
            var frame = new byte[size];
            random.nextBytes(frame);
            sent.add(frame);
            stream.putInt(size).put(frame);
        }
        stream.flip();
        for (int most : new int[] {1, 3, 4096, 100_000, 2_000_000}) {
            frames.clear();
            var left = stream.duplicate();
            while (left.hasRemaining()) {
                int cut = Math.min(left.remaining(), 1 + random.nextInt(most));
                assertThat(reader.accept(left.slice(left.position(), cut))).isTrue();
                left.position(left.position() + cut);
            }
            assertThat(frames).hasSize(sizes.length);
            for (int i = 0; i < sizes.length; i++) {
                assertThat(frames.get(i)).isEqualTo(sent.get(i));
            }
        }
    }

    @Test
    void refusesAFrameThatIsTooLong() {
        assertThat(reader.accept(ByteBuffer.allocate(8).putInt(1_000_001).rewind())).isFalse();
    }

    @Test
    void refusesANegativeLength() {
        assertThat(reader.accept(ByteBuffer.allocate(4).putInt(-1).flip())).isFalse();
    }
}
