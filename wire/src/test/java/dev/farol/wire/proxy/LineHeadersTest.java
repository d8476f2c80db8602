package dev.farol.wire.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineHeadersTest {
    private static final List<CharSequence> NAMES =
            List.of("X-One", AsciiString.of("x-one"), "Content-Length", "content-length", "b", "B");

    @Test
    void aLineThatNobodyTouchesIsWrittenAsItCame() {
        LineHeaders headers = of("Host:a.example", "X-Tab:\t1", "x-é: ü");
        headers.set("X-New", "2");
        headers.remove("x-tab");
        assertThat(written(headers)).isEqualTo("Host:a.example\r\nx-é: ü\r\nX-New: 2\r\n");
    }

    @Test
    void namesCompareWithoutRegardToCase() {
        LineHeaders headers = of("Connection: Upgrade, close", "X: 1", "x: 2");
        assertThat(headers.get(HttpHeaderNames.CONNECTION)).isEqualTo("Upgrade, close");
        assertThat(headers.getAll("X")).containsExactly("1", "2");
        assertThat(headers.containsValue("connection", HttpHeaderValues.CLOSE, true)).isTrue();
        assertThat(headers.contains("X", "2", false)).isTrue();
        assertThat(headers.names()).containsExactly("Connection", "X", "x");
    }

    @Test
    void timesAreReadAsNettyReadsThem() {
        LineHeaders headers = of("Date: Sun, 06 Nov 1994 08:49:37 GMT", "X: soon");
        assertThat(headers.getTimeMillis(HttpHeaderNames.DATE)).isEqualTo(784_111_777_000L);
        assertThat(headers.getTimeMillis("x")).isNull();
        assertThat(headers.getTimeMillis("y", 7)).isEqualTo(7);
    }

    @Test
    void linesThatFollowEachOtherGoAsOne() {
        LineHeaders headers = of("A: 1", "B:2", "C: 3", "D:\t4", "E: 5");
        headers.remove("c");
        headers.add("F", "6");
        assertThat(written(headers)).isEqualTo("A: 1\r\nB:2\r\nD:\t4\r\nE: 5\r\nF: 6\r\n");
        headers.remove("a").remove("e").remove("f");
        assertThat(written(headers)).isEqualTo("B:2\r\nD:\t4\r\n");
    }

    @Test
    void whatLiesBetweenTwoLinesIsNotWritten() {
        byte[] text = "A: 1\r\nB: x\r\nC: 3\r\n".getBytes(ISO_8859_1);
        var headers = new LineHeaders(text, 2);
        headers.line(0, 1, 3, 4);
        headers.line(12, 13, 15, 16);
        assertThat(written(headers)).isEqualTo("A: 1\r\nC: 3\r\n");
    }

    @Test
    void theBeginningOfAValueIsTold() {
        LineHeaders headers =
                of("Content-Type: application/grpc+proto", "X: a", "Y: z", "Z: application/grpc");
        AsciiString grpc = AsciiString.of("application/grpc");
        assertThat(headers.begins("content-type", grpc)).isTrue();
        assertThat(headers.begins("z", grpc)).isTrue();
        assertThat(headers.begins("x", grpc)).isFalse();
        assertThat(headers.begins("none", grpc)).isFalse();
        headers.set("X", "application/grpc");
        assertThat(headers.begins("x", grpc)).isTrue();
        headers.set("Y", "application/grp");
        assertThat(headers.begins("y", grpc)).isFalse();
    }

    @Test
    void namesThatAreNotThereAreNotMissed() {
        LineHeaders headers = of("Connection: close", "Host: a");
        assertThat(headers.mayHaveAny(LineHeaders.bits(List.of("te", "CONNECTION")))).isTrue();
        assertThat(headers.mayHaveAny(LineHeaders.bits(List.of("te", "upgrade")))).isFalse();
        headers.add("TE", "trailers");
        assertThat(headers.mayHaveAny(LineHeaders.bits(List.of("te", "upgrade")))).isTrue();
    }

    @Test
    void whatWouldSplitAHeaderIsRefused() {
        LineHeaders headers = of("a: b");
        assertThatThrownBy(() -> headers.set("x", "1\r\ny: 2"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> headers.set("x y", "1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever is done to them, they tell what Netty's own tell. */
    @Test
    void theyAnswerAsNettysDo() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            var lines = new String[random.nextInt(20)];
            var netty = new DefaultHttpHeaders();
            for (int i = 0; i < lines.length; i++) {
                CharSequence name = NAMES.get(random.nextInt(NAMES.size()));
                lines[i] = name + ": " + i;
                netty.add(name, String.valueOf(i));
            }
            LineHeaders ours = of(lines);
            for (int i = 0; i < 10; i++) {
                long change = random.nextLong();
                change(new Random(change), ours);
                change(new Random(change), netty);
            }
            assertThat(sorted(ours)).as("seed %d, round %d", seed, round).isEqualTo(sorted(netty));
            for (CharSequence name : NAMES) {
                assertThat(ours.getAll(name)).isEqualTo(netty.getAll(name));
                assertThat(ours.get(name)).isEqualTo(netty.get(name));
                assertThat(ours.contains(name)).isEqualTo(netty.contains(name));
                assertThat(ours.getInt(name)).isEqualTo(netty.getInt(name));
            }
            assertThat(ours.size()).isEqualTo(netty.size());
            assertThat(ours.isEmpty()).isEqualTo(netty.isEmpty());
        }
    }

    private static void change(Random random, HttpHeaders headers) {
        CharSequence name = NAMES.get(random.nextInt(NAMES.size()));
        switch (random.nextInt(5)) {
            case 0 -> headers.add(name, random.nextInt(100));
            case 1 -> headers.set(name, "v" + random.nextInt(100));
            case 2 -> headers.set(name, List.of("a", "b"));
            case 3 -> headers.setInt(name, random.nextInt(100));
            default -> headers.remove(name);
        }
    }

    private static List<String> sorted(HttpHeaders headers) {
        return headers.entries().stream()
                .map(each -> each.getKey().toLowerCase(Locale.ROOT) + "=" + each.getValue())
                .sorted()
                .toList();
    }

    private static LineHeaders of(String... lines) {
        byte[] text = (String.join("\r\n", lines) + "\r\n").getBytes(ISO_8859_1);
        var headers = new LineHeaders(text, 1);
        int start = 0;
        for (String line : lines) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1);
            int from = start + line.length() - value.stripLeading().length();
            headers.line(start, start + colon, from, start + line.length());
            start += line.length() + 2;
        }
        return headers;
    }

    private static String written(LineHeaders headers) {
        var out = Unpooled.buffer();
        var writer = new HeadWriter();
        headers.writeTo(writer);
        writer.moveTo(out);
        return out.toString(ISO_8859_1);
    }
}
