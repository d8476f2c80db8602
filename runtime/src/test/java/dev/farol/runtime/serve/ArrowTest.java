package dev.farol.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.JsonInput;
import dev.farol.runtime.tensor.JsonOutput;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorJson;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that pyarrow wrote, and our own. */
class ArrowTest {
    /** By their names in the file. */
    static final Map<String, byte[]> WRITTEN = written();

    private static final long LIMIT = 1 << 20;
    private static final ModelInfo TABLE =
            model(
                    new TensorInfo("a", DataType.FP64, List.of(-1L, 1L)),
                    new TensorInfo("b", DataType.INT32, List.of(-1L)),
                    new TensorInfo("d", DataType.BOOL, List.of(-1L)));
    private static final ModelInfo CATEGORIES =
            model(
                    new TensorInfo("city", DataType.BYTES, List.of(-1L)),
                    new TensorInfo("rooms", DataType.INT64, List.of(-1L, 1L)),
                    new TensorInfo("area", DataType.FP32, List.of(-1L)));
    private static final ModelInfo TEXTS = model(new TensorInfo("s", DataType.BYTES, List.of(-1L)));
    private static final ModelInfo MATRIX =
            model(new TensorInfo("features", DataType.FP32, List.of(-1L, 2L)));

    /** One line for each: its name, and the stream in Base64. */
    private static Map<String, byte[]> written() {
        try (InputStream in =
                Objects.requireNonNull(ArrowTest.class.getResourceAsStream("/arrow/pyarrow.txt"))) {
            var all = new HashMap<String, byte[]>();
            new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.split(" "))
                    .forEach(line -> all.put(line[0], Base64.getDecoder().decode(line[1])));
            return all;
        } catch (java.io.IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static ModelInfo model(TensorInfo... inputs) {
        return new ModelInfo("m", "1", "p", List.of(inputs), List.of());
    }

    private static List<Tensor> read(ModelInfo model, byte[] stream) {
        return Arrow.read(model, List.of(), ByteBuffer.wrap(stream), LIMIT).inputs();
    }

    private static String told(Tensor tensor) {
        var out = new JsonOutput();
        TensorJson.write(tensor, out, null);
        return tensor + " " + StandardCharsets.UTF_8.decode(out.bytes());
    }

    @Test
    void columnsOfValuesAreATable() {
        assertThat(read(TABLE, WRITTEN.get("TABLE")).stream().map(ArrowTest::told))
                .containsExactly(
                        "a FP64[3, 1] [[1.5],[NaN],[3.0]]",
                        "b INT32[3] [1,2,255]",
                        "d BOOL[3] [true,false,true]");
        assertThatThrownBy(
                        () ->
                                read(
                                        model(
                                                new TensorInfo("c", DataType.FP32, List.of(-1L)),
                                                new TensorInfo("a", DataType.FP32, List.of(-1L))),
                                        WRITTEN.get("TABLE")))
                .hasMessage("'c' holds x (expected: a number, for FP32)");
    }

    @Test
    void columnsOfListsAreInputs() {
        assertThat(read(MATRIX, WRITTEN.get("MATRIX")).stream().map(ArrowTest::told))
                .containsExactly("features FP32[2, 2] [[1.0,2.0],[3.0,4.0]]");
        assertThat(read(MATRIX, WRITTEN.get("BATCHES")).stream().map(ArrowTest::told))
                .containsExactly("features FP32[3, 2] [[1.0,2.0],[3.0,4.0],[5.0,6.0]]");
        var two =
                model(
                        new TensorInfo("y", DataType.FP32, List.of(-1L, 2L)),
                        new TensorInfo("z", DataType.FP32, List.of(-1L)));
        assertThatThrownBy(() -> read(two, WRITTEN.get("MATRIX")))
                .hasMessage("The model has no input 'x' (expected: [y, z])");
    }

    @Test
    void categoriesAreTheirValues() {
        assertThat(read(CATEGORIES, WRITTEN.get("CATEGORIES")).stream().map(ArrowTest::told))
                .containsExactly(
                        "city BYTES[3] [\"Porto\",\"Faro\",\"Porto\"]",
                        "rooms INT64[3, 1] [[3],[1],[2]]",
                        "area FP32[3] [1.5,2.5,4.5]");
        var floats =
                model(
                        new TensorInfo("rooms", DataType.FP32, List.of(-1L)),
                        new TensorInfo("area", DataType.FP32, List.of(-1L)));
        assertThat(read(floats, WRITTEN.get("GAPS")).stream().map(ArrowTest::told))
                .containsExactly("rooms FP32[3] [3.0,NaN,1.0]", "area FP32[3] [1.5,2.5,3.5]");
    }

    @Test
    void dictionariesGrowAndAreReplaced() {
        assertThat(read(TEXTS, WRITTEN.get("DELTAS")).stream().map(ArrowTest::told))
                .containsExactly("s BYTES[5] [\"a\",\"b\",\"a\",\"c\",\"a\"]");
        assertThat(read(TEXTS, WRITTEN.get("REPLACED")).stream().map(ArrowTest::told))
                .containsExactly("s BYTES[5] [\"a\",\"b\",\"a\",\"x\",\"y\"]");
        var lists = model(new TensorInfo("x", DataType.BYTES, List.of(-1L, 2L)));
        assertThat(read(lists, WRITTEN.get("INSIDE")).stream().map(ArrowTest::told))
                .containsExactly("x BYTES[2, 2] [[\"p\",\"q\"],[\"q\",\"p\"]]");
    }

    @Test
    void aShortBufferStaysAsItIsInACompressedStream() {
        assertThat(read(MATRIX, WRITTEN.get("SMALL")).stream().map(ArrowTest::told))
                .containsExactly("features FP32[2, 2] [[1.0,2.0],[3.0,4.0]]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LZ4", "ZSTD"})
    void compressedBuffersAreRead(String codec) {
        List<Tensor> table = read(TABLE, WRITTEN.get("TABLE_" + codec));
        assertThat(told(table.get(0))).startsWith("a FP64[64, 1] [[1.5],[NaN],[3.0],[4.0]");
        assertThat(told(table.get(1))).startsWith("b INT32[64] [0,1,2,3").endsWith(",62,63]");
        assertThat(told(table.get(2))).startsWith("d BOOL[64] [true,false,false,true");
        assertThat(told(read(MATRIX, WRITTEN.get("MATRIX_" + codec)).getFirst()))
                .startsWith("features FP32[64, 2] [[0.0,0.0],[1.0,2.0]")
                .endsWith(",[63.0,126.0]]");
        List<Tensor> categories = read(CATEGORIES, WRITTEN.get("CATEGORIES_" + codec));
        assertThat(told(categories.get(0))).startsWith("city BYTES[64] [\"Porto\",\"Faro\",\"Po");
        assertThat(told(categories.get(1))).endsWith(",[62],[63]]");
    }

    /** Of more than one block, the later of which point back into those before. */
    @ParameterizedTest
    @ValueSource(strings = {"LZ4", "ZSTD"})
    void longBuffersAreReadWhole(String codec) {
        var model = model(new TensorInfo("b", DataType.INT32, List.of(-1L)));

        ByteBuffer data = read(model, WRITTEN.get("LINKED_" + codec)).getFirst().data();

        assertThat(data.remaining()).isEqualTo(40_000 * 4);
        for (int i = 0; i < 40_000; i++) {
            assertThat(data.getInt()).isEqualTo(i % 1000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LZ4", "ZSTD"})
    void whatBecomesTooLongIsRefused(String codec) {
        var model = model(new TensorInfo("s", DataType.FP64, List.of(-1L)));
        byte[] stream = WRITTEN.get("BOMB_" + codec);

        assertThatThrownBy(() -> Arrow.read(model, List.of(), ByteBuffer.wrap(stream), 100 * 1024))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.status()).isEqualTo(413))
                .hasMessageContaining("longer than the limit max_body_bytes, 102400");
        assertThat(
                        Arrow.read(model, List.of(), ByteBuffer.wrap(stream), 8_000_000)
                                .inputs()
                                .getFirst()
                                .elements())
                .isEqualTo(codec.equals("LZ4") ? 100_000 : 1_000_000);
    }

    /** Each buffer within the limit, and all of them beyond it. */
    @Test
    void theLimitIsOfAllBuffersTogether() {
        byte[] stream = WRITTEN.get("TABLE_ZSTD");
        assertThatThrownBy(() -> Arrow.read(TABLE, List.of(), ByteBuffer.wrap(stream), 600))
                .hasMessageContaining("longer than the limit");
        assertThat(Arrow.read(TABLE, List.of(), ByteBuffer.wrap(stream), 1024).inputs()).hasSize(3);
    }

    /** What a buffer says of itself makes no room that its bytes could not fill. */
    @ParameterizedTest
    @ValueSource(strings = {"LZ4", "ZSTD"})
    void aLengthThatCannotBeIsRefused(String codec) {
        var model = model(new TensorInfo("s", DataType.FP64, List.of(-1L)));
        int length = codec.equals("LZ4") ? 800_000 : 8_000_000;
        byte[] stream = WRITTEN.get("BOMB_" + codec);
        ByteBuffer bytes = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
        int at = stream.length - 9;
        while (bytes.getLong(at) != length) {
            at--;
        }
        for (long claim : new long[] {length - 1, length + 1, -2, 1L << 31, Long.MAX_VALUE}) {
            byte[] changed = stream.clone();
            ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(at, claim);
            assertThatThrownBy(
                            () ->
                                    Arrow.read(
                                            model,
                                            List.of(),
                                            ByteBuffer.wrap(changed),
                                            Long.MAX_VALUE))
                    .as("%d", claim)
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("cannot be decompressed to the " + claim + " bytes");
        }
    }

    @Test
    void aDamagedBufferIsNamed() {
        byte[] changed = WRITTEN.get("MATRIX_LZ4").clone();
        ByteBuffer bytes = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (bytes.getInt(at) != 0x184D2204) {
            at++;
        }
        // The checksum of the frame's head, behind its flags.
        changed[at + 6] ^= 1;
        assertThatThrownBy(() -> read(MATRIX, changed))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.status()).isEqualTo(400))
                .hasMessage(
                        "Buffer 1 of record batch 0 of Arrow is damaged: the checksum of its head"
                                + " is wrong");
    }

    @Test
    void compressedStreamsAreKnownBeforeTheyAreRead() {
        for (String name : WRITTEN.keySet()) {
            boolean compressed =
                    name.equals("SMALL") || name.endsWith("ZSTD") || name.endsWith("LZ4");
            assertThat(Arrow.compressed(ByteBuffer.wrap(WRITTEN.get(name))))
                    .as(name)
                    .isEqualTo(compressed);
        }
        byte[] whole = WRITTEN.get("TABLE_ZSTD");
        for (int length = 0; length < whole.length; length++) {
            Arrow.compressed(ByteBuffer.wrap(whole, 0, length));
        }
        assertThat(Arrow.compressed(ByteBuffer.wrap(new byte[100]))).isFalse();
    }

    @Test
    void whatIsNotReadIsNamed() {
        assertThatThrownBy(() -> read(MATRIX, WRITTEN.get("LISTS")))
                .hasMessageContaining("'x' of Arrow has a dictionary of lists");
        assertThatThrownBy(
                        () -> read(MATRIX, "{\"input_data\": 1}".getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("The body is no whole stream of Arrow");
        assertThatThrownBy(() -> read(MATRIX, new byte[0]))
                .hasMessageStartingWith("The body is no whole stream of Arrow");
    }

    @Test
    void aStreamThatIsCutOffIsRefused() {
        byte[] whole = WRITTEN.get("MATRIX");
        // The end of the stream is marked by eight bytes that a writer may leave out.
        for (int length = 0; length < whole.length - 9; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            try {
                assertThat(read(MATRIX, part).getFirst().elements()).as("%d", length).isZero();
            } catch (Refused refused) {
                assertThat(refused).hasMessageContaining("Arrow");
            }
        }
    }

    /** Every change of a byte ends in tensors or in a refusal, and in no time. */
    @Test
    void noByteBreaksTheReader() {
        var random = new Random(7);
        for (String name :
                List.of(
                        "TABLE",
                        "MATRIX",
                        "BATCHES",
                        "CATEGORIES",
                        "DELTAS",
                        "TABLE_LZ4",
                        "TABLE_ZSTD",
                        "CATEGORIES_LZ4",
                        "CATEGORIES_ZSTD")) {
            for (int i = 0; i < 20_000; i++) {
                byte[] changed = WRITTEN.get(name).clone();
                for (int n = 0; n < 1 + i % 4; n++) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                }
                try {
                    read(
                            switch (name.split("_", 2)[0]) {
                                case "TABLE" -> TABLE;
                                case "CATEGORIES" -> CATEGORIES;
                                case "DELTAS" -> TEXTS;
                                default -> MATRIX;
                            },
                            changed);
                } catch (Refused refused) {
                    assertThat(refused.status()).isIn(400, 413);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void whatIsWrittenIsReadBack(DataType type) {
        String json =
                switch (type) {
                    case BYTES -> "[\"a\",\"\",\"é\",\"x y\"]";
                    case BOOL -> "[true,false,false,true]";
                    case FP16, BF16, FP32, FP64 -> "[1.5,-2.0,0.0,NaN]";
                    case UINT8, UINT16, UINT32, UINT64 -> "[1,2,3,200]";
                    default -> "[1,-2,3,100]";
                };
        var in = new JsonInput(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
        ByteBuffer data = TensorJson.read(in, type, TensorJson.Nulls.REFUSED).data();
        for (long[] shape : new long[][] {{4}, {2, 2}, {4, 1}}) {
            var tensor = new Tensor("t", type, shape, data);
            var extents = new ArrayList<Long>();
            for (int i = 0; i < shape.length; i++) {
                extents.add(-1L);
            }
            var model = model(new TensorInfo("t", type, extents));

            ByteBuffer stream = ArrowAnswer.write(List.of(tensor));

            assertThat(Arrow.read(model, List.of(), stream, LIMIT).inputs())
                    .as(Arrays.toString(shape))
                    .containsExactly(tensor);
        }
    }

    @Test
    void outputsWithoutTheSameRowsAreNoTable() {
        ByteBuffer three = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        var one = new Tensor("a", DataType.FP32, new long[] {3}, three);
        var scalar = new Tensor("b", DataType.FP32, new long[0], ByteBuffer.allocate(4));

        assertThatThrownBy(() -> ArrowAnswer.write(List.of(one, scalar)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("no table");
    }
}
