package dev.farol.runtime.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.farol.runtime.tensor.TensorJson.Nulls;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are read and written by hand, to the bit as Java reads and writes them. */
class NumbersTest {
    private static final long SEED = 20_260_101;
    private static final int MANY = 200_000;

    @ParameterizedTest
    @ValueSource(strings = {",", ", ", ",\n  "})
    void floatsAreTheNearestToWhatIsWritten(String comma) {
        List<String> texts = texts(new Random(SEED), MANY);
        ByteBuffer read = read(texts, comma, DataType.FP32);
        for (String text : texts) {
            int bits = read.getInt();
            if (bits != Float.floatToRawIntBits(Float.parseFloat(text))) {
                fail(text + " was read as " + Float.intBitsToFloat(bits));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ", "})
    void doublesAreTheNearestToWhatIsWritten(String comma) {
        List<String> texts = texts(new Random(SEED + 1), MANY);
        ByteBuffer read = read(texts, comma, DataType.FP64);
        for (String text : texts) {
            long bits = read.getLong();
            if (bits != Double.doubleToRawLongBits(Double.parseDouble(text))) {
                fail(text + " was read as " + Double.longBitsToDouble(bits));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT64", "INT32", "UINT8", "INT16"})
    void wholeNumbersAreWhatIsWritten(DataType type) {
        var random = new Random(SEED);
        var texts = new ArrayList<String>();
        for (int i = 0; i < MANY; i++) {
            long value = random.nextLong() >> random.nextInt(64 - 8 * type.size(), 64);
            if (type == DataType.UINT8) {
                value &= 0xFF;
            }
            texts.add(value == 0 && random.nextBoolean() ? "-0" : Long.toString(value));
        }
        ByteBuffer read = read(texts, random.nextBoolean() ? "," : ", ", type);
        for (String text : texts) {
            long value =
                    switch (type) {
                        case INT64 -> read.getLong();
                        case INT32 -> read.getInt();
                        case INT16 -> read.getShort();
                        default -> read.get() & 0xFF;
                    };
            if (value != Long.parseLong(text)) {
                fail(text + " was read as " + value);
            }
        }
    }

    /** What is written: of all lengths and exponents, and as near to a middle as can be. */
    private static List<String> texts(Random random, int count) {
        var texts = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            double any = Double.longBitsToDouble(random.nextLong());
            float some = Float.intBitsToFloat(random.nextInt());
            double usual = random.nextGaussian() * Math.pow(10, random.nextInt(-6, 7));
            String text =
                    switch (random.nextInt(11)) {
                        case 0 -> Double.toString(any);
                        case 1 -> Float.toString(some);
                        case 2 -> Double.toString((double) some);
                        case 3 -> Double.toString(usual);
                        case 4 -> Float.toString((float) usual);
                        case 5 -> Double.toString((double) (float) usual);
                        case 6 ->
                                String.format(
                                        Locale.ROOT, "%." + random.nextInt(1, 20) + "f", usual);
                        case 7 -> between((float) usual, Math.nextUp((float) usual));
                        case 8 -> between((float) usual, (double) (float) usual);
                        case 9 -> between(usual, Math.nextUp(usual));
                        default -> digits(random);
                    };
            texts.add(text.startsWith("N") || text.contains("Inf") ? "-0.0" : text);
        }
        return texts;
    }

    /** The middle, exactly, to as many digits as it takes or to fewer. */
    private static String between(double one, double other) {
        String middle =
                new BigDecimal(one)
                        .add(new BigDecimal(other))
                        .divide(BigDecimal.TWO)
                        .toPlainString();
        int most = 3 + (int) (Math.abs(one) * 1e6 % 40);
        return middle.contains(".") && middle.length() > most + 10
                ? middle.substring(0, most + 10)
                : middle;
    }

    private static String digits(Random random) {
        var text = new StringBuilder(random.nextBoolean() ? "-" : "");
        int before = random.nextInt(1, 24);
        for (int i = 0; i < before; i++) {
            text.append((char) ('0' + random.nextInt(i == 0 && before > 1 ? 1 : 0, 10)));
        }
        int behind = random.nextInt(24);
        for (int i = 0; i < behind; i++) {
            text.append(i == 0 ? "." : "").append((char) ('0' + random.nextInt(10)));
        }
        if (random.nextInt(4) == 0) {
            text.append(random.nextBoolean() ? "e" : "E-").append(random.nextInt(80));
        }
        return text.toString();
    }

    private static ByteBuffer read(List<String> texts, String comma, DataType type) {
        String json = "[" + String.join(comma, texts) + "]";
        var in = new JsonInput(ByteBuffer.wrap(json.getBytes(StandardCharsets.US_ASCII)));
        return TensorJson.read(in, type, Nulls.REFUSED).data();
    }

    @Test
    void floatsAreWrittenAsJavaWritesThem() {
        var random = new Random(SEED);
        for (int i = 0; i < MANY; i++) {
            same(Float.intBitsToFloat(random.nextInt()));
            same((float) (random.nextGaussian() * Math.pow(10, random.nextInt(-6, 9))));
            same(Math.round(random.nextGaussian() * 1e4) / 1e4f);
            same(random.nextInt(20_000_000));
        }
        for (int exponent = 0; exponent < 255; exponent++) {
            for (int fraction = -3; fraction <= 3; fraction++) {
                same(Float.intBitsToFloat((exponent << 23) + fraction));
            }
        }
    }

    private static void same(float value) {
        if (!Float.isFinite(value)) {
            return;
        }
        var out = new JsonOutput();
        out.number(value, null);
        String written = StandardCharsets.US_ASCII.decode(out.bytes()).toString();
        if (!written.equals(Float.toString(value))) {
            fail(written + " (expected: " + value + ")");
        }
    }

    /** Blanks behind a body let it be read in words; they change nothing else. */
    @Test
    void whatFollowsDoesNotChangeWhatIsRead() {
        var random = new Random(SEED);
        byte[] alphabet = "00112345678999..,,,--  eE+[]n\u00e9".getBytes(StandardCharsets.UTF_8);
        int good = 0;
        for (int i = 0; i < MANY; i++) {
            byte[] body = new byte[random.nextInt(2, 26)];
            body[0] = '[';
            for (int j = 1; j < body.length - 1; j++) {
                body[j] = alphabet[random.nextInt(alphabet.length)];
            }
            body[body.length - 1] = ']';
            DataType type = DataType.values()[i % DataType.values().length];
            byte[] longer = java.util.Arrays.copyOf(body, body.length + 64);
            java.util.Arrays.fill(longer, body.length, longer.length, (byte) ' ');
            String told = outcome(body, type);
            good += told.startsWith("[") ? 1 : 0;
            assertThat(outcome(longer, type)).isEqualTo(told);
        }
        assertThat(good).isGreaterThan(1000);
    }

    private static String outcome(byte[] body, DataType type) {
        try {
            var in = new JsonInput(ByteBuffer.wrap(body));
            var read = TensorJson.read(in, type, Nulls.REFUSED);
            in.end();
            var out = new JsonOutput();
            TensorJson.write(new Tensor("x", type, read.shape(), read.data()), out, null);
            return StandardCharsets.US_ASCII.decode(out.bytes()).toString();
        } catch (MalformedJson fault) {
            // Where the end is missing, blanks are gone over.
            return String.valueOf(fault.getMessage()).replaceFirst("byte [0-9]+", "byte N");
        }
    }
}
