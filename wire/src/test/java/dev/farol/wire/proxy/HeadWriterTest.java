package dev.farol.wire.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeadWriterTest {
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new ChannelOutboundHandlerAdapter());
    private final ChannelHandlerContext context = channel.pipeline().firstContext();
    private final HeadWriter writer = new HeadWriter();

    @AfterEach
    void close() {
        writer.close();
        channel.finishAndReleaseAll();
    }

    private void write(String head, String body) {
        writer.text(head);
        writer.write(context, Unpooled.copiedBuffer(body, ISO_8859_1));
        channel.flush();
    }

    private String next() {
        ByteBuf written = channel.readOutbound();
        try {
            return written.toString(ISO_8859_1);
        } finally {
            written.release();
        }
    }

    @Test
    void aSmallBodyGoesWithItsHeadAndALongOneBesideIt() {
        write("one ", "small");
        assertThat(next()).isEqualTo("one small");
        write("two ", "x".repeat(100_000));
        assertThat(next()).isEqualTo("two ");
        assertThat(next()).hasSize(100_000);
        write("h".repeat(10_000), "b");
        assertThat(next()).isEqualTo("h".repeat(10_000) + "b");
    }

    /** What waits in front of a socket that is full is not written over. */
    @Test
    void memoryThatIsStillToBeWrittenIsLeftAlone() {
        for (int i = 0; i < 100; i++) {
            write("head " + i, " body " + i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(next()).isEqualTo("head " + i + " body " + i);
        }
    }

    @Test
    void memoryThatWasWrittenIsTakenAgain() {
        write("a", "b");
        ByteBuf first = channel.readOutbound();
        first.release();
        write("c", "d");
        ByteBuf second = channel.readOutbound();
        assertThat(second).isSameAs(first);
        second.release();
        assertThat(second.refCnt()).isEqualTo(1);
        writer.close();
        assertThat(second.refCnt()).isZero();
    }

    @Test
    void nothingIsKeptOnceItIsClosed() {
        writer.close();
        write("late ", "answer");
        ByteBuf written = channel.readOutbound();
        assertThat(written.refCnt()).isEqualTo(1);
        assertThat(written.toString(ISO_8859_1)).isEqualTo("late answer");
        written.release();
    }
}
