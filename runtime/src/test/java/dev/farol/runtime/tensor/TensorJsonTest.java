package dev.farol.runtime.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.tensor.TensorJson.Elements;
import dev.farol.runtime.tensor.TensorJson.Nulls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorJsonTest {
    private static final long SEED = 20_260_101;

    @Test
    void findsTheShapeOfTheNesting() {
        assertThat(read("[[1, 2, 3],\n [4,5,6]]", DataType.INT32).shape()).containsExactly(2, 3);
        assertThat(read("7", DataType.INT32).shape()).isEmpty();
        assertThat(read("[]", DataType.INT32).shape()).containsExactly(0);
        assertThat(read("[[],[]]", DataType.INT32).shape()).containsExactly(2, 0);
        assertThat(read("[[[1]],[[2]]]", DataType.INT32).shape()).containsExactly(2, 1, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[[1,2],[3]]| an array of 1 (expected: 2, as before)",
                "[1,[2]]| an array among values",
                "[[1],2]| a value among arrays",
                "[[[1]],[2]]| a value among arrays",
                "[1,]| expected a value",
                "[,1]| expected a number",
                "[1 2]| expected ','",
                "[1| expected ','",
                "[1.5]| 1.5 (expected: a whole number)",
                "[1e2]| 1e2 (expected: a whole number)",
                "[2147483648]| 2147483648 (expected: from -2147483648 to 2147483647)",
                "[null]| null (expected: a value of INT32)",
                "['1']| expected a number",
                "[01]| a number that begins with 0",
                "[-]| expected a number",
                "[+1]| expected a number",
                "[NaN]| (expected: a whole number)",
            })
    void refusesWhatIsNoTensor(String json, String message) {
        assertThatThrownBy(() -> read(json.replace('\'', '"'), DataType.INT32))
                .isInstanceOf(MalformedJson.class)
                .hasMessageContaining("of the JSON: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "UINT8, 256",
        "UINT8, -1",
        "INT8, 128",
        "INT8, -129",
        "UINT16, 65536",
        "INT16, 32768",
        "UINT32, 4294967296",
        "UINT64, 18446744073709551616",
        "UINT64, -1",
        "INT64, 9223372036854775808",
        "BOOL, 2",
    })
    void cutsNothingOff(DataType type, String value) {
        assertThatThrownBy(() -> read("[" + value + "]", type))
                .isInstanceOf(MalformedJson.class)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @CsvSource({
        "UINT8, 255",
        "INT8, -128",
        "UINT16, 65535",
        "INT16, -32768",
        "UINT32, 4294967295",
        "UINT64, 18446744073709551615",
        "INT64, -9223372036854775808",
        "INT64, 9223372036854775807",
        "BOOL, true",
        "FP16, 65504.0",
        "BF16, 1.5",
        "FP32, 3.4028235E38",
        "FP64, 4.9E-324",
        "FP32, -0.0",
        "UINT64, 0",
    })
    void writesWhatItRead(DataType type, String value) {
        assertThat(written(type, "[" + value + "]")).isEqualTo("[" + value + "]");
    }

    @Test
    void readsAndWritesStrings() {
        String json = "[\"a\\\"b\\\\\",\"\\u00e9\\n\",\"\",\"\\ud83d\\ude00\",\"x\\u0000y\"]";

        assertThat(written(DataType.BYTES, json))
                .isEqualTo("[\"a\\\"b\\\\\",\"é\\u000a\",\"\",\"😀\",\"x\\u0000y\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"a]", "[\"\\x\"]", "[\"\\u12\"]", "[\"a\nb\"]", "[1]", "[\"a\\"})
    void refusesWhatIsNoString(String json) {
        assertThatThrownBy(() -> read(json, DataType.BYTES)).isInstanceOf(MalformedJson.class);
    }

    /** Against the JDK, over numbers as Python and people write them. */
    @Test
    void roundsAsTheJdkDoes() {
        var random = new Random(SEED);
        for (int i = 0; i < 400_000; i++) {
            String text = number(random, i);
            assertThat(read(text, DataType.FP32).data().getFloat())
                    .as(text)
                    .isEqualTo(Float.parseFloat(text));
            assertThat(read(text, DataType.FP64).data().getDouble())
                    .as(text)
                    .isEqualTo(Double.parseDouble(text));
        }
    }

    private static String number(Random random, int i) {
        return switch (i % 8) {
            case 0 -> Double.toString(random.nextGaussian());
            case 1 -> Float.toString(Float.intBitsToFloat(random.nextInt() & 0xFF7FFFFF));
            case 2 ->
                    Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30));
            case 3 -> Integer.toString(random.nextInt());
            case 4 -> Long.toString(random.nextLong());
            // The middle between two floats, and next to it.
            case 5 -> middle(random) + (random.nextBoolean() ? "" : random.nextInt(10));
            case 6 -> random.nextInt(1000) + "." + Math.abs(random.nextLong()) + random.nextInt(99);
            default -> random.nextInt(100) + "e" + (random.nextInt(90) - 45);
        };
    }

    private static String middle(Random random) {
        float low = 1 + random.nextFloat();
        double middle = ((double) low + Math.nextUp(low)) / 2;
        return new java.math.BigDecimal(middle).toPlainString();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FP16", "BF16", "FP32", "FP64"})
    void takesWhatPythonWritesForNoNumber(DataType type) {
        assertThat(written(type, "[NaN,Infinity,-Infinity]")).isEqualTo("[NaN,Infinity,-Infinity]");
        var nulls = TensorJson.read(input("[null]"), type, Nulls.NAN);
        var out = new JsonOutput();
        TensorJson.write(new Tensor("x", type, nulls.shape(), nulls.data()), out, "null");
        assertThat(text(out)).isEqualTo("[null]");
    }

    @Test
    void goesOnBehindTheArray() {
        JsonInput in = input("{\"data\": [1, 2] , \"more\": {\"a\": [true, null, \"x\", {}]}} ");

        in.expect('{');
        assertThat(in.takeName(true)).isEqualTo("data");
        assertThat(TensorJson.read(in, DataType.UINT8, Nulls.REFUSED).shape()).containsExactly(2);
        assertThat(in.takeName(false)).isEqualTo("more");
        in.skip();
        assertThat(in.takeName(false)).isNull();
        in.end();
    }

    @Test
    void refusesWhatFollows() {
        JsonInput in = input("1 2");
        in.skip();

        assertThatThrownBy(in::end).hasMessage("byte 2 of the JSON: something after the end");
    }

    @Test
    void noDepthTakesTheStack() {
        assertThatThrownBy(() -> read("[".repeat(100_000), DataType.FP32))
                .hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> input("[".repeat(100_000)).skip())
                .hasMessageContaining("nested too deep");
    }

    /** Random bytes end in a tensor or in a fault of the door, nothing else. */
    @Test
    void everyInputEndsInATensorOrAFault() {
        var random = new Random(SEED);
        byte[] alphabet =
                "[]{},:\"\\0123456789.eE+-nulltruefalsNaIity \n\u00e9"
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100_000; i++) {
            byte[] body = new byte[random.nextInt(24)];
            for (int j = 0; j < body.length; j++) {
                body[j] = alphabet[random.nextInt(alphabet.length)];
            }
            DataType type = DataType.values()[i % DataType.values().length];
            try {
                var in = new JsonInput(ByteBuffer.wrap(body));
                Elements elements = TensorJson.read(in, type, Nulls.NAN);
                in.end();
                var tensor = new Tensor("x", type, elements.shape(), elements.data());
                var out = new JsonOutput();
                TensorJson.write(tensor, out, null);
                assertThat(written(type, text(out))).isEqualTo(text(out));
            } catch (MalformedJson fault) {
                assertThat(fault).hasMessageContaining("of the JSON: ");
            }
        }
    }

    private static String written(DataType type, String json) {
        Elements elements = read(json, type);
        var out = new JsonOutput();
        TensorJson.write(new Tensor("x", type, elements.shape(), elements.data()), out, null);
        return text(out);
    }

    private static String text(JsonOutput out) {
        return StandardCharsets.UTF_8.decode(out.bytes()).toString();
    }

    private static Elements read(String json, DataType type) {
        JsonInput in = input(json);
        Elements elements = TensorJson.read(in, type, Nulls.REFUSED);
        in.end();
        return elements;
    }

    private static JsonInput input(String json) {
        return new JsonInput(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
    }
}
