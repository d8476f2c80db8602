package dev.farol.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodecsTest {
    private static final Codecs CODECS =
            new Codecs(
                    new ModelInfo(
                            "m",
                            "1",
                            "p",
                            List.of(new TensorInfo("x", DataType.FP32, List.of(-1L, -1L))),
                            List.of(new TensorInfo("y", DataType.FP32, List.of(-1L, -1L)))),
                    List.of(),
                    Set.of(),
                    AnswerStyle.NAMED,
                    null,
                    1 << 20);

    private static ScoreRequest request(String type, String accept, byte[] body, String query) {
        return new ScoreRequest(
                "POST",
                "/score",
                query,
                "",
                type,
                ScoreRequest.Head.of(accept == null ? new Headers() : Headers.of("Accept", accept)),
                ByteBuffer.wrap(body));
    }

    private static Tensor read(String type, byte[] body) {
        return CODECS.read(request(type, null, body, "")).inputs().getFirst();
    }

    private static Tensor floats(long[] shape, float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new Tensor("x", DataType.FP32, shape, data.flip());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void csvHasNamesThenRows() {
        assertThat(
                        read(
                                "text/csv; charset=utf-8",
                                utf8("\ufeffa,\"b \"\"q\"\"\"\r\n1,2.5\r\n\r\n\"3\",\n")))
                .isEqualTo(floats(new long[] {2, 2}, 1, 2.5f, 3, Float.NaN));
        assertThatThrownBy(() -> read("text/csv", utf8("a,b\n1\n")))
                .hasMessageStartingWith("Row 0 holds 1 values (expected: 2");
        assertThatThrownBy(() -> read("text/csv", utf8("a\nx\n")))
                .hasMessage("'a' holds x (expected: a number, for FP32)");
        assertThatThrownBy(() -> read("text/csv", utf8("a\n\"1\n")))
                .hasMessage("The quote at character 2 of the CSV is not closed");
        assertThatThrownBy(() -> read("text/csv", new byte[] {(byte) 0xff}))
                .hasMessageContaining("not text in UTF-8");
        assertThatThrownBy(() -> read("text/csv", new byte[0]))
                .hasMessageStartingWith("The body is empty");
    }

    /** As numpy.save writes it: {@code descr}, order, shape, then the data. */
    private static byte[] npy(int major, String header, String hex) {
        byte[] text = utf8(header + "\n");
        byte[] data = HexFormat.of().parseHex(hex);
        ByteBuffer out =
                ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x93).put(utf8("NUMPY")).put((byte) major).put((byte) 0);
        if (major == 1) {
            out.putShort((short) text.length);
        } else {
            out.putInt(text.length);
        }
        out.put(text).put(data).flip();
        byte[] whole = new byte[out.remaining()];
        out.get(whole);
        return whole;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1;'<f4';False;0000803f000000400000404000008040",
                "2;'<f4';True;0000803f000040400000004000008040",
                "3;'>f4';False;3f800000400000004040000040800000",
                "1;'<f8';False;000000000000f03f000000000000004000000000000008400000000000001040",
                "1;'<i2';False;0100020003000400",
                "1;'|u1';True;01030204",
                "1;'<f2';False;003c004000420044",
                "1;'<U1';False;31000000320000003300000034000000",
            })
    void arraysOfNumpyAreReadInEveryOrderAndType(
            int version, String descr, String fortran, String hex) {
        String header =
                "{'descr': "
                        + quoted(descr)
                        + ", 'fortran_order': "
                        + fortran
                        + ", 'shape': (2, 2), }";
        assertThat(read("application/x-npy", npy(version, header, hex)))
                .isEqualTo(floats(new long[] {2, 2}, 1, 2, 3, 4));
    }

    private static String quoted(String text) {
        return text.startsWith("'") ? text : "'" + text + "'";
    }

    @Test
    void whatIsNoArrayIsRefused() {
        assertThatThrownBy(() -> read("application/x-npy", utf8("no array at all")))
                .hasMessageContaining("is no .npy file");
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 4), }";
        assertThatThrownBy(() -> read("application/x-npy", npy(1, header, "0000803f")))
                .hasMessageStartingWith(
                        "The array holds 4 bytes (expected: 4398046511104 elements");
        String objects = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
        assertThatThrownBy(() -> read("application/x-npy", npy(1, objects, "00")))
                .hasMessageStartingWith("The header of the .npy file has no 'descr'");
    }

    @Test
    void whatIsWrittenAsArrayIsReadBack() {
        Tensor tensor = floats(new long[] {3, 1}, 1, -2, Float.NaN);
        ByteBuffer npy = Npy.write(tensor);
        assertThat((npy.remaining() - 12) % 64).isZero();
        assertThat(Npy.read(new TensorInfo("x", DataType.FP32, List.of(-1L, -1L)), npy))
                .isEqualTo(tensor);
    }

    private static String answer(String accept, String query, Tensor... outputs) {
        var request = request("application/json", accept, new byte[0], query);
        var answer = CODECS.answer(request);
        ByteBuffer body =
                answer.write(
                        new Request(List.of(), List.of(), Request.Form.TENSORS, null),
                        List.of(outputs));
        return answer.contentType() + " " + StandardCharsets.ISO_8859_1.decode(body);
    }

    @Test
    void theAnswerIsWhatIsAccepted() {
        Tensor one = floats(new long[] {2, 2}, 1, 2, 3, 4);
        assertThat(answer(null, "", one)).startsWith("application/json {\"x\":[[1.0,2.0]");
        assertThat(answer("text/html, */*;q=0.8", "", one)).startsWith("application/json");
        assertThat(answer("application/json;q=0.1, text/csv", "", one))
                .isEqualTo("text/csv; charset=utf-8 x_0,x_1\r\n1.0,2.0\r\n3.0,4.0\r\n");
        assertThat(answer("application/x-npy", "", one)).contains("NUMPY");
        assertThat(answer("application/x-npy", "output=x", one, one)).contains("NUMPY");
        assertThatThrownBy(() -> answer("application/x-npy", "", one, one))
                .hasMessageContaining("?output=");
        assertThatThrownBy(() -> answer("image/png", "", one))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.status()).isEqualTo(406));
    }

    @Test
    void otherContentTypesAreRefusedWithThoseThatAreTaken() {
        assertThatThrownBy(() -> read("application/pdf", new byte[1]))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.status()).isEqualTo(415))
                .hasMessage(
                        "The content type application/pdf is not taken (expected one of:"
                                + " application/json, text/csv, application/x-npy, application/vnd.apache.arrow.stream)");
    }
}
