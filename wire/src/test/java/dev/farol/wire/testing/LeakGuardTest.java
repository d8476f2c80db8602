package dev.farol.wire.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class LeakGuardTest {
    @Test
    void aLostBufferFailsItsClassAndAReleasedOneDoesNot() {
        PooledByteBufAllocator.DEFAULT.directBuffer().release();
        assertThat(LeakGuard.leaks()).isEmpty();
        lose();
        assertThatThrownBy(() -> new LeakGuard().afterAll(null))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 buffers were not released")
                .hasMessageContaining("lost on purpose");
        assertThat(LeakGuard.leaks()).isEmpty();
    }

    private static void lose() {
        ByteBuf lost = Unpooled.directBuffer(16).writeInt(7);
        lost.touch("lost on purpose");
    }
}
