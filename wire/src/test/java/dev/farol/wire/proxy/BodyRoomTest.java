package dev.farol.wire.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class BodyRoomTest {
    private final BodyRoom room = new BodyRoom();

    @Test
    void manyConnectionsHoldLittleEach() {
        assertThat(assigned().high()).isEqualTo(512 * 1024);
        for (int i = 0; i < 64; i++) {
            room.opened();
        }
        assertThat(assigned().high()).isEqualTo(WriteBufferWaterMark.DEFAULT.high());
        room.closed();
        assertThat(assigned().high()).isEqualTo(512 * 1024);
    }

    @Test
    void whatIsReadAtOnceWaitsWithoutStoppingTheOtherSide() {
        assertThat(assigned().high()).isGreaterThan(BodyRoom.MAX_PIECE);
    }

    private WriteBufferWaterMark assigned() {
        var connection = new EmbeddedChannel();
        try {
            room.assign(connection);
            return connection.config().getWriteBufferWaterMark();
        } finally {
            connection.finishAndReleaseAll();
        }
    }
}
