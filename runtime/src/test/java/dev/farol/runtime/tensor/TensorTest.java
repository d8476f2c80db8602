package dev.farol.runtime.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void holdsAsManyBytesAsItsShapeSays() {
        var tensor = tensor(DataType.FP32, 24, 2, 3);

        assertThat(tensor.elements()).isEqualTo(6);
        assertThatThrownBy(() -> tensor(DataType.FP32, 23, 2, 3))
                .hasMessage("'x' holds 23 bytes (expected: 24, for FP32[2, 3])");
        assertThatThrownBy(() -> tensor(DataType.FP32, 24, -1, 3))
                .hasMessageContaining("negative extent");
    }

    @Test
    void aShapeThatFitsIntoNoNumberIsRefused() {
        assertThatThrownBy(() -> Tensor.elements(Long.MAX_VALUE, 2))
                .isInstanceOf(ArithmeticException.class);
        assertThat(Tensor.elements(Long.MAX_VALUE, 2, 0)).isZero();
        assertThat(Tensor.elements(new long[0])).isEqualTo(1);
    }

    @Test
    void aViewDoesNotMoveAnother() {
        var tensor = tensor(DataType.INT32, 4, 1);

        tensor.data().getInt();

        assertThat(tensor.data().remaining()).isEqualTo(4);
        assertThat(tensor).isEqualTo(tensor(DataType.INT32, 4, 1));
        assertThat(tensor).hasToString("x INT32[1]");
    }

    private static Tensor tensor(DataType type, int bytes, long... shape) {
        return new Tensor("x", type, shape, ByteBuffer.allocate(bytes));
    }
}
