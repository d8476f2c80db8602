package dev.farol.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.serve.Lz4Frame.WrongChecksum;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Frames that the library of LZ4 wrote. */
class Lz4FrameTest {
    private static final String TEXT = "farol ".repeat(8) + "12345";

    /** With a checksum of its block and one of its content, and the content's length. */
    private static final byte[] CHECKED =
            HexFormat.of()
                    .parseHex(
                            "04224d187c403500000000000000dd10000000"
                                    + "6f6661726f6c20060017503132333435"
                                    + "26c89a9400000000d5fe9036");

    /** With a checksum of its head alone. */
    private static final byte[] PLAIN =
            HexFormat.of()
                    .parseHex("04224d18604082100000006f6661726f6c2006001750313233343500000000");

    /** Of three blocks, the later of which point back into those before. */
    private static final byte[] LONG =
            Base64.getDecoder()
                    .decode(
                            "BCJNGFxAgDICAAAAAACFNgEAAJMwIGZhcm9sCjEIABMyCAATMwgAEzQIABM1CAATNggAEzcIABM4CAAT"
                                    + "OQgAD1AA////////////////////////////////////////////////////////////////////////"
                                    + "////////////////////////////////////////////////////////////////////////////////"
                                    + "////////////////////////////////////////////////////////////////////////////////"
                                    + "////////////////////////////////////////////////////////////////////////////////"
                                    + "/////////////////////////////5hQYXJvbArktRliDgEAABMyuP8P8P//////////////////////"
                                    + "////////////////////////////////////////////////////////////////////////////////"
                                    + "////////////////////////////////////////////////////////////////////////////////"
                                    + "////////////////////////////////////////////////////////////////////////////////"
                                    + "////////////////////////////////////////////////////////////////////////////////"
                                    + "4FBhcm9sCqPh1ZNoAAAAkzQgZmFyb2wKNQgAEzYIABM3CAATOAgAEzkIABMwCAATMQgAEzIIABMzCAAP"
                                    + "UAD//////////////////////////////////////////////////////////////////0pQYXJvbAqc"
                                    + "Zv87AAAAADtvyTQ=");

    private static byte[] changed(byte[] frame, int at) {
        byte[] other = frame.clone();
        other[at] ^= 0x04;
        return other;
    }

    @Test
    void readsWhatItsChecksumsConfirm() {
        byte[] text = new byte[TEXT.length()];
        assertThat(Lz4Frame.read(CHECKED, text)).isTrue();
        assertThat(text).asString(StandardCharsets.US_ASCII).isEqualTo(TEXT);
        byte[] again = new byte[TEXT.length()];
        assertThat(Lz4Frame.read(PLAIN, again)).isTrue();
        assertThat(again).isEqualTo(text);
        byte[] lines = new byte[18_000 * 8];
        assertThat(Lz4Frame.read(LONG, lines)).isTrue();
        assertThat(lines).asString(StandardCharsets.US_ASCII).endsWith("\n8 farol\n9 farol\n");
    }

    @Test
    void tellsWhichChecksumIsWrong() {
        byte[] to = new byte[TEXT.length()];
        int block = 4 + 2 + 8 + 1 + 4;
        assertThatThrownBy(() -> Lz4Frame.read(changed(PLAIN, 6), to))
                .isInstanceOf(WrongChecksum.class)
                .hasMessage("the checksum of its head is wrong");
        assertThatThrownBy(() -> Lz4Frame.read(changed(CHECKED, block + 3), to))
                .isInstanceOf(WrongChecksum.class)
                .hasMessage("the checksum of its block 0 is wrong");
        assertThatThrownBy(() -> Lz4Frame.read(changed(CHECKED, block + 16), to))
                .hasMessage("the checksum of its block 0 is wrong");
        assertThatThrownBy(() -> Lz4Frame.read(changed(CHECKED, CHECKED.length - 1), to))
                .isInstanceOf(WrongChecksum.class)
                .hasMessage("the checksum of its content is wrong");
    }

    /** The length in the head goes before the one beside the frame. */
    @Test
    void theLengthThatItSaysIsTheRoom() {
        assertThat(Lz4Frame.read(CHECKED, new byte[TEXT.length() + 1])).isFalse();
    }

    /** Not one changed byte goes through as something else. */
    @Test
    void noChangedByteIsRead() {
        neverReadWhenChanged(CHECKED, TEXT.length());
        neverReadWhenChanged(LONG, 18_000 * 8);
    }

    private static void neverReadWhenChanged(byte[] frame, int length) {
        byte[] to = new byte[length];
        for (int i = 0; i < frame.length; i++) {
            byte[] changed = changed(frame, i);
            boolean read;
            try {
                read = Lz4Frame.read(changed, to);
            } catch (RuntimeException damaged) {
                read = false;
            }
            assertThat(read).as("byte %d", i).isFalse();
        }
    }
}
