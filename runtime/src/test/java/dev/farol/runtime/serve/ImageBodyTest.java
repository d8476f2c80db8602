package dev.farol.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Pictures against what Pillow makes of them with {@code resize(..., Image.BILINEAR)}. */
class ImageBodyTest {
    /** 23 by 17 pixels, every channel a pattern of its own. */
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAABcAAAARCAIAAAC5EaDqAAAAoElEQVR42qXOzQYDMRhG4VOtUi1DKWUYQghDyCoM"
                    + "XeX+L6qLSpqZ/DSd8CzeZHF8B+Da7cQAHDuFyrlHXLnstqnc9kkrw/9ctnJvYONnqfIo0Nn/SuW5ppKf"
                    + "r3plhBGEHyXuZ2UqW8KuVwRMIHJs/Gy5RYCMmPVTgqxU1LqiQIH2I+bab1EwJ16fUaropKJhBh1Zwm68"
                    + "xfhbNBgwYP0wYN6HeB6newihKQAAAABJRU5ErkJggg==";

    /** 16 by 8 pixels of gray, brighter to the right and to the bottom. */
    private static final String JPEG =
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4R"
                    + "DgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI"
                    + "CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcY"
                    + "GRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKj"
                    + "pKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APEv"
                    + "hb8Cf9T/AKP6dq+wPhb8Cf8AU/6P6dq//9k=";

    private static final int[] SMALL = {
        25, 70, 121, 172, 217, 25, 70, 121, 172, 217, 25, 70, 121, 172, 217, 25, 70, 121, 172, 217,
        30, 30, 30, 30, 30, 88, 88, 88, 88, 88, 152, 152, 152, 152, 152, 210, 210, 210, 210, 210,
        14, 39, 67, 93, 103, 39, 111, 150, 134, 131, 68, 149, 118, 136, 127, 92, 134, 138, 131, 133
    };
    private static final int[] MIDDLE_GRAY = {
        36, 53, 70, 86, 76, 97, 111, 124, 120, 133, 147, 161, 155, 167, 182, 195
    };

    private static Preprocessing how(String yaml) {
        return Preprocessing.of(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    }

    private static Tensor read(String yaml, DataType type, byte[] body) {
        var model =
                new ModelInfo(
                        "m",
                        "1",
                        "p",
                        List.of(new TensorInfo("x", type, List.of(-1L, -1L, -1L, -1L))),
                        List.of());
        return new ImageBody(how(yaml)).read(model, ByteBuffer.wrap(body)).inputs().getFirst();
    }

    private static byte[] png() {
        return Base64.getDecoder().decode(PNG);
    }

    private static List<Double> floats(Tensor tensor) {
        var values = new ArrayList<Double>();
        ByteBuffer data = tensor.data();
        while (data.hasRemaining()) {
            values.add((double) data.getFloat());
        }
        return values;
    }

    private static void assertNear(List<Double> values, int[] wanted, double scale) {
        assertThat(values).hasSize(wanted.length);
        for (int i = 0; i < wanted.length; i++) {
            // Pillow computes with whole numbers: the last step may be another.
            assertThat(values.get(i))
                    .as("%d", i)
                    .isCloseTo(wanted[i] * scale, within(1.01 * scale));
        }
    }

    @Test
    void aPictureIsScaledAsPillowDoesIt() {
        Tensor tensor = read("size: [4, 5]", DataType.FP32, png());
        assertThat(tensor.shape()).containsExactly(1, 3, 4, 5);
        assertNear(floats(tensor), SMALL, 1);
    }

    @Test
    void whatDoesNotFitIsCutOffAndGrayIsWeighted() {
        Tensor tensor = read("{size: [4, 4], resize: crop, channels: gray}", DataType.FP32, png());
        assertThat(tensor.shape()).containsExactly(1, 1, 4, 4);
        assertNear(floats(tensor), MIDDLE_GRAY, 1);
    }

    @Test
    void valuesAreScaledShiftedAndLaidOutAsTold() {
        List<Double> first = floats(read("size: [4, 5]", DataType.FP32, png()));
        Tensor last =
                read(
                        "{size: [4, 5], layout: nhwc, channels: bgr, scale: 0.5, mean: [1, 2, 3],"
                                + " std: [2, 4, 8]}",
                        DataType.FP32,
                        png());
        assertThat(last.shape()).containsExactly(1, 4, 5, 3);
        List<Double> values = floats(last);
        int pixels = 20;
        for (int i = 0; i < pixels; i++) {
            assertThat(values.get(3 * i)).isEqualTo((first.get(2 * pixels + i) * 0.5 - 1) / 2);
            assertThat(values.get(3 * i + 2)).isEqualTo((first.get(i) * 0.5 - 3) / 8);
        }
    }

    /** What a camera notes of how it was held. */
    private static byte[] tiff(int orientation, boolean little) {
        var tiff =
                ByteBuffer.allocate(8 + 2 + 24 + 4)
                        .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        tiff.putShort((short) (little ? 0x4949 : 0x4D4D)).putShort((short) 42).putInt(8);
        tiff.putShort((short) 2);
        tiff.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(16);
        tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1);
        tiff.putShort((short) orientation).putShort((short) 0).putInt(0);
        return tiff.array();
    }

    /** The picture with that. */
    private static byte[] noted(int orientation, boolean little) {
        byte[] jpeg = Base64.getDecoder().decode(JPEG);
        byte[] tiff = tiff(orientation, little);
        var whole = ByteBuffer.allocate(jpeg.length + 10 + tiff.length);
        whole.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) (8 + tiff.length));
        whole.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff);
        return whole.put(jpeg, 2, jpeg.length - 2).array();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|59, 102, 145, 101, 144, 187",
                "2|145, 102, 59, 187, 144, 101",
                "3|187, 144, 101, 145, 102, 59",
                "4|101, 144, 187, 59, 102, 145",
                "5|63, 94, 125, 121, 152, 183",
                "6|125, 94, 63, 183, 152, 121",
                "7|183, 152, 121, 125, 94, 63",
                "8|121, 152, 183, 63, 94, 125"
            })
    void aPictureIsTurnedAsTheCameraNotes(int orientation, String pixels) {
        int[] wanted = Arrays.stream(pixels.split(", ")).mapToInt(Integer::parseInt).toArray();
        for (boolean little : new boolean[] {true, false}) {
            byte[] picture = noted(orientation, little);
            assertNear(
                    floats(read("{size: [2, 3], channels: gray}", DataType.FP32, picture)),
                    wanted,
                    1);
        }
        byte[] plain = Base64.getDecoder().decode(JPEG);
        String ignoring = "{size: [2, 3], channels: gray, orientation: ignore}";
        assertThat(read(ignoring, DataType.FP32, noted(orientation, true)))
                .isEqualTo(read(ignoring, DataType.FP32, plain));
    }

    /** The other picture with that, in a chunk of its own. */
    private static byte[] notedPng(byte[] exif, boolean last) {
        byte[] png = png();
        int at = last ? png.length - 12 : 33; // Before its end, or behind its header.
        ByteBuffer chunk = ByteBuffer.allocate(exif.length + 12).putInt(exif.length);
        chunk.put("eXIf".getBytes(StandardCharsets.US_ASCII)).put(exif);
        var sum = new CRC32();
        sum.update(chunk.array(), 4, exif.length + 4);
        chunk.putInt((int) sum.getValue());
        return ByteBuffer.allocate(png.length + chunk.capacity())
                .put(png, 0, at)
                .put(chunk.array())
                .put(png, at, png.length - at)
                .array();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|60, 89, 113, 126, 152, 175",
                "2|113, 89, 60, 175, 152, 126",
                "3|175, 152, 126, 113, 89, 60",
                "4|126, 152, 175, 60, 89, 113",
                "5|52, 104, 150, 89, 137, 182",
                "6|150, 104, 52, 182, 137, 89",
                "7|182, 137, 89, 150, 104, 52",
                "8|89, 137, 182, 52, 104, 150"
            })
    void aPngIsTurnedAsItNotes(int orientation, String pixels) {
        int[] wanted = Arrays.stream(pixels.split(", ")).mapToInt(Integer::parseInt).toArray();
        String gray = "{size: [2, 3], channels: gray}";
        for (boolean last : new boolean[] {true, false}) {
            for (boolean little : new boolean[] {true, false}) {
                byte[] tiff = tiff(orientation, little);
                assertNear(floats(read(gray, DataType.FP32, notedPng(tiff, last))), wanted, 1);
                byte[] asInJpeg =
                        ByteBuffer.allocate(tiff.length + 6)
                                .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                                .put(tiff)
                                .array();
                assertNear(floats(read(gray, DataType.FP32, notedPng(asInJpeg, last))), wanted, 1);
            }
        }
        String ignoring = "{size: [2, 3], channels: gray, orientation: ignore}";
        assertThat(read(ignoring, DataType.FP32, notedPng(tiff(orientation, true), false)))
                .isEqualTo(read(ignoring, DataType.FP32, png()));
    }

    @Test
    void aNoteOfAPngThatIsDamagedIsNone() {
        assertThat(Orientation.of(ByteBuffer.wrap(png()))).isEqualTo(1);
        byte[] whole = notedPng(tiff(6, false), false);
        assertThat(Orientation.of(ByteBuffer.wrap(whole))).isEqualTo(6);
        for (int length = 0; length < 33 + 8 + 38; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(Orientation.of(ByteBuffer.wrap(cut))).as("%d", length).isEqualTo(1);
        }
        for (int at = 8; at < 33 + 12 + 38; at++) {
            for (int value : new int[] {0, 0x7F, 0x80, 0xFF}) {
                byte[] damaged = whole.clone();
                damaged[at] = (byte) value;
                assertThat(Orientation.of(ByteBuffer.wrap(damaged))).isBetween(1, 8);
            }
        }
        assertThat(Orientation.of(ByteBuffer.wrap(notedPng(new byte[0], false)))).isEqualTo(1);
    }

    @Test
    void aNoteThatIsDamagedIsNone() {
        byte[] plain = Base64.getDecoder().decode(JPEG);
        Tensor upright = read("size: [2, 3]", DataType.FP32, plain);
        for (int at = 2; at < 2 + 10 + 38; at++) {
            byte[] damaged = noted(1, true);
            for (int value : new int[] {0, 0x7F, 0xFF}) {
                damaged[at] = (byte) value;
                assertThat(Orientation.of(ByteBuffer.wrap(damaged))).isBetween(1, 8);
            }
        }
        assertThat(read("size: [2, 3]", DataType.FP32, noted(9, true))).isEqualTo(upright);
        byte[] cut = Arrays.copyOf(noted(6, true), 30);
        assertThat(Orientation.of(ByteBuffer.wrap(cut))).isEqualTo(1);
    }

    /** As Pillow does; without this, the rest of the picture would be grey. */
    @Test
    void aPictureThatIsCutOffIsRefused() {
        byte[] whole = Base64.getDecoder().decode(JPEG);
        for (int missing : new int[] {1, 2, 10}) {
            byte[] part = Arrays.copyOf(whole, whole.length - missing);
            assertThatThrownBy(() -> read("size: [2, 3]", DataType.FP32, part))
                    .as("%d", missing)
                    .isInstanceOf(Refused.class)
                    .hasMessage(
                            "The picture is cut off: " + part.length + " bytes without its end");
        }
        assertThat(read("size: [2, 3]", DataType.FP32, whole).shape()).containsExactly(1, 3, 2, 3);
    }

    @Test
    void bytesStayBytes() {
        Tensor tensor = read("size: [4, 5]", DataType.UINT8, png());
        var values = new ArrayList<Double>();
        ByteBuffer data = tensor.data();
        while (data.hasRemaining()) {
            values.add((double) (data.get() & 255));
        }
        assertNear(values, SMALL, 1);
    }

    @Test
    void whatIsNoPictureIsRefused() {
        assertThatThrownBy(() -> read("size: [4, 5]", DataType.FP32, new byte[] {1, 2, 3}))
                .isInstanceOf(Refused.class)
                .hasMessage("The body is no picture (expected: JPEG or PNG)");
        byte[] cut = Arrays.copyOf(png(), 80);
        assertThatThrownBy(() -> read("size: [4, 5]", DataType.FP32, cut))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("The picture cannot be decoded");
        byte[] huge = png();
        huge[16] = 0x40; // Its width, as the header tells it.
        assertThatThrownBy(() -> read("size: [4, 5]", DataType.FP32, huge))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("pixels (expected: at most 50000000)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|has size: null (expected: [height, width])",
                "size: [0, 5]|has size: [0, 5] (expected: [height, width])",
                "{size: [4, 5], colour: red}|has the key 'colour' (expected one of:",
                "{size: [4, 5], layout: chw}|has layout: chw (expected one of:",
                "{size: [4, 5], orientation: up}|has orientation: up (expected one of:",
                "{size: [4, 5], mean: [1]}|has mean: [1] (expected: 3 numbers)",
                "{size: [4, 5], std: [1, 0.0, 1]}|has std: [1, 0.0, 1] (expected: no zero)",
                "{size: [4, 5], scale: much}|has scale: much (expected: a number)",
                "[4, 5]|is no mapping",
            })
    void aFileThatIsWrongIsToldSo(String yaml, String message) {
        assertThatThrownBy(() -> how(yaml)).hasMessageStartingWith("preprocess.yaml " + message);
    }
}
