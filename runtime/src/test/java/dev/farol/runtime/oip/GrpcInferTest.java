package dev.farol.runtime.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Requests over gRPC as bytes: what is read of them, and that nothing else comes out of others. */
class GrpcInferTest {
    private static byte[] bytes(ProtoWriter proto) {
        var out = new ByteArrayOutputStream();
        for (ByteBuffer part : proto.parts()) {
            byte[] copy = new byte[part.remaining()];
            part.duplicate().get(copy);
            out.writeBytes(copy);
        }
        return out.toByteArray();
    }

    private static ProtoWriter request(String type, long... shape) {
        return new ProtoWriter()
                .text(1, "simple")
                .text(3, "7")
                .message(5, input -> input.text(1, "IN").text(2, type).packed(3, shape));
    }

    private static ByteBuffer floats(int count) {
        ByteBuffer data = ByteBuffer.allocate(count * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            data.putFloat(i * 4, i);
        }
        return data;
    }

    @Test
    void rawContentsAreReadAsTheyAre() {
        // Beyond the size at which bytes are written as a part of their own.
        byte[] message = bytes(request("FP32", 2, 1024).element(7, floats(2048)));

        GrpcInfer.Read read = GrpcInfer.read(ByteBuffer.wrap(message));

        assertThat(read.model()).isEqualTo("simple");
        assertThat(read.request().id()).isEqualTo("7");
        assertThat(read.request().inputs())
                .containsExactly(
                        new Tensor("IN", DataType.FP32, new long[] {2, 1024}, floats(2048)));
    }

    @Test
    void aShapeAloneAllocatesNothing() {
        byte[] message = bytes(request("FP32", 1L << 40).element(7, floats(1)));

        assertThatThrownBy(() -> GrpcInfer.read(ByteBuffer.wrap(message)))
                .isInstanceOf(Refused.class)
                .hasMessage("unexpected total byte size 4 for input 'IN', expecting 4398046511104");
    }

    @Test
    void whateverComesIsReadOrRefused() {
        var dice = new Random(6);
        byte[] seed = bytes(request("BYTES", 2).element(7, floats(3)));
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] message = i % 2 == 0 ? seed.clone() : new byte[dice.nextInt(64)];
            if (i % 2 == 1) {
                dice.nextBytes(message);
            }
            for (int change = dice.nextInt(1, 4); change > 0 && message.length > 0; change--) {
                message[dice.nextInt(message.length)] = (byte) dice.nextInt();
            }
            try {
                GrpcInfer.read(ByteBuffer.wrap(message));
            } catch (Refused expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void anAnswerWrittenInPartsIsOneMessage() {
        var inner = new ProtoWriter().text(1, "a").element(2, floats(5000)).parts();
        byte[] outer = bytes(new ProtoWriter().message(2, it -> it.copy(inner)).text(3, "end"));

        var reader = new ProtoReader(ByteBuffer.wrap(outer));
        assertThat(reader.next()).isEqualTo(2);
        ProtoReader message = reader.message();
        assertThat(List.of(message.next(), message.text())).containsExactly(1, "a");
        assertThat(message.next()).isEqualTo(2);
        assertThat(message.view()).isEqualTo(floats(5000));
        assertThat(List.of(reader.next(), reader.text())).containsExactly(3, "end");
        assertThat(reader.next()).isZero();
    }
}
