package dev.farol.wire.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.uring.IoUringSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransportTest {
    @Test
    void ioUringIsLeftOutWhenItIsNotWanted() {
        assertThat(Transport.best(false).client()).isNotEqualTo(IoUringSocketChannel.class);
    }

    @ParameterizedTest
    @CsvSource({
        "6.1.0-28-amd64, true",
        "6.18.44, true",
        "10.0, true",
        "6.0.19, false",
        "5.15.0-1051-aws, false",
        "24.6.0, true",
        "Linux, false",
        "'', false"
    })
    void ioUringTakesARecentKernel(String kernel, boolean recent) {
        assertThat(Transport.isRecent(kernel)).isEqualTo(recent);
    }
}
