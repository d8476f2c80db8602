package dev.farol.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class PlacesTest {
    @Test
    void shapesOfAllSizesTakeTheMemoryOfTheLargest() {
        try (var places = new Places()) {
            ByteBuffer large = places.at(0, 100_000);
            ByteBuffer small = places.at(0, 12);
            assertThat(large.order()).isEqualTo(ByteOrder.nativeOrder());
            assertThat(large.remaining()).isEqualTo(100_000);
            assertThat(small.remaining()).isEqualTo(12);
            large.putInt(0, 4711);
            assertThat(small.getInt(0)).isEqualTo(4711);
            assertThat(places.at(1, 12).getInt(0)).isZero();
            assertThat(places.at(1, 0).remaining()).isZero();
            assertThat(places.outgrown()).isFalse();
        }
    }

    @Test
    void whatIsOutgrownStaysUntilItIsReleased() {
        try (var places = new Places()) {
            ByteBuffer small = places.at(0, 12);
            ByteBuffer large = places.at(0, 100_000);
            assertThat(places.outgrown()).isTrue();
            small.putInt(0, 1);
            places.release();
            assertThat(places.outgrown()).isFalse();
            assertThatThrownBy(() -> small.putInt(0, 2)).isInstanceOf(IllegalStateException.class);
            large.putInt(0, 2);
        }
    }

    @Test
    void everythingIsGivenBackAtTheEnd() {
        var places = new Places();
        ByteBuffer memory = places.at(2, 12);
        places.close();
        assertThatThrownBy(() -> memory.get(0)).isInstanceOf(IllegalStateException.class);
    }
}
