package dev.farol.wire.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.ProxyConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The decoders beside Netty's: what they take, Netty takes and reads the same. */
class DecodersTest {
    private static final List<String> REQUESTS =
            List.of(
                    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                    "POST /score?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                    "POST /s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "5\r\nhello\r\n3;a=b;c=\"d;\"\r\nabc\r\n0\r\n\r\n",
                    "POST /s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                            + "a\r\n0123456789\r\n0\r\nX-Sum:  1 \r\nContent-Length: 3\r\n\r\n",
                    "\r\nHEAD /a HTTP/1.0\r\nX-Empty:\r\nX-Tab:\ta b\t \r\n\r\n",
                    "PUT /b HTTP/1.1\r\nhost: b\r\ncontent-length: 0\r\nX: \u00e9\r\n\r\n");

    private static final List<String> ANSWERS =
            List.of(
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello",
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made here\r\nContent-Length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
                    "HTTP/1.1 204 No Content\r\nX-A: b\r\n c\r\n\r\n",
                    "HTTP/1.1 304 \r\nContent-Length: 7\r\n\r\n",
                    "HTTP/1.1 500 Internal Server Error\r\nX : spaced\r\nContent-Length: 1\r\n\r\nx");

    /** Bytes that mean something to a parser, besides some that do not. */
    private static final String TELLING =
            "\r\n\r\n \t:;,0123456789aAfFxX\0\u007f\u00ff/-HTP.chunked";

    /** One message as it was read. */
    private record Message(
            String first, List<String> headers, StringBuilder body, List<String> trailers) {
        @Override
        public String toString() {
            return first + headers + body + trailers;
        }
    }

    /** What a connection was read as; the last message may be unfinished. */
    private record Reading(List<Message> messages, boolean failed, boolean unfinished) {}

    @Test
    void requestsAreReadAsNettyReadsThemOrRefused() {
        check(REQUESTS, () -> new RequestDecoder(ProxyConfig.DEFAULTS), DecodersTest::netty);
    }

    /**
     * A body that goes on as it came gives its memory back before more is read, perhaps into it.
     */
    @Test
    void moreMayComeInTheSameMemoryWhileABodyIsTold() {
        byte[] first = REQUESTS.get(1).getBytes(ISO_8859_1);
        byte[] second = REQUESTS.get(0).getBytes(ISO_8859_1);
        var memory = Unpooled.buffer(256).writeBytes(first);
        var told = new ArrayList<String>();
        var channel =
                new EmbeddedChannel(
                        new RequestDecoder(ProxyConfig.DEFAULTS),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object message) {
                                var request = (FullHttpRequest) message;
                                told.add(
                                        request.uri()
                                                + " "
                                                + request.content().toString(ISO_8859_1));
                                if (told.size() == 1) {
                                    memory.clear().writeBytes(second);
                                    context.pipeline().fireChannelRead(memory);
                                }
                            }
                        });
        channel.pipeline().fireChannelRead(memory);
        assertThat(told).containsExactly("/score?x=1 hello", "/ ");
        channel.finishAndReleaseAll();
    }

    @Test
    void answersAreReadAsNettyReadsThemOrRefused() {
        check(
                ANSWERS,
                AnswerDecoder::new,
                // One with both lengths is no fault of an answer (RFC 9112, 6.3).
                () -> new HttpResponseDecoder(strict().setUseRfc9112TransferEncoding(false)));
    }

    /** However the bytes are cut, what they say stays the same. */
    @Test
    void itDoesNotMatterHowTheBytesCome() {
        for (String whole : REQUESTS) {
            var expected = read(() -> new RequestDecoder(ProxyConfig.DEFAULTS), whole, List.of());
            assertThat(expected.failed()).as(whole).isFalse();
            for (int cut = 1; cut < whole.length(); cut++) {
                var cuts = List.of(cut);
                assertThat(read(() -> new RequestDecoder(ProxyConfig.DEFAULTS), whole, cuts))
                        .as("%s cut at %d", whole, cut)
                        .hasToString(expected.toString());
            }
        }
    }

    private static void check(
            List<String> valid, Supplier<ChannelHandler> ours, Supplier<ChannelHandler> theirs) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 30_000; i++) {
            String bytes = changed(valid, random, i % 10 == 0 ? 0 : 1 + random.nextInt(3));
            List<Integer> cuts = i % 3 == 0 ? List.of(random.nextInt(bytes.length())) : List.of();
            Reading mine = read(ours, bytes, cuts);
            Reading netty = read(theirs, bytes, cuts);
            int whole = mine.messages().size() - (mine.unfinished() ? 1 : 0);
            taken += whole;
            for (int at = 0; at < whole; at++) {
                String as = "seed %d, round %d: %s".formatted(seed, i, escaped(bytes));
                assertThat(netty.messages().size()).as(as).isGreaterThan(at);
                assertThat(mine.messages().get(at))
                        .as(as)
                        .hasToString(netty.messages().get(at).toString());
            }
        }
        assertThat(taken).isGreaterThan(10_000);
    }

    private static String changed(List<String> valid, Random random, int changes) {
        var bytes =
                new StringBuilder(valid.get(random.nextInt(valid.size())))
                        .append(valid.get(random.nextInt(valid.size())));
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length());
            char letter = TELLING.charAt(random.nextInt(TELLING.length()));
            switch (random.nextInt(3)) {
                case 0 -> bytes.setCharAt(at, letter);
                case 1 -> bytes.insert(at, letter);
                default -> bytes.deleteCharAt(at);
            }
        }
        return bytes.toString();
    }

    private static HttpRequestDecoder netty() {
        return new HttpRequestDecoder(strict());
    }

    private static HttpDecoderConfig strict() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(ProxyConfig.DEFAULTS.maxRequestLine())
                .setMaxHeaderSize(ProxyConfig.DEFAULTS.maxHeaders())
                .setMaxChunkSize(64 * 1024)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
    }

    private static Reading read(
            Supplier<ChannelHandler> decoder, String bytes, List<Integer> cuts) {
        var channel = new EmbeddedChannel(decoder.get());
        int from = 0;
        for (int cut : cuts) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes.substring(from, cut), ISO_8859_1));
            from = cut;
        }
        channel.writeInbound(Unpooled.copiedBuffer(bytes.substring(from), ISO_8859_1));
        var messages = new ArrayList<Message>();
        boolean failed = false;
        boolean unfinished = false;
        Object each;
        while ((each = channel.readInbound()) != null) {
            if (!(each instanceof HttpObject object)) {
                ReferenceCountUtil.release(each); // after an answer 101
                continue;
            }
            failed |= object.decoderResult().isFailure();
            if (!failed && each instanceof HttpMessage message) {
                messages.add(
                        new Message(
                                first(message),
                                headers(message),
                                new StringBuilder(),
                                new ArrayList<>()));
                unfinished = true;
            }
            if (!failed && each instanceof HttpContent content) {
                messages.getLast().body().append(content.content().toString(ISO_8859_1));
                if (content instanceof LastHttpContent last) {
                    messages.getLast().trailers().addAll(told(last.trailingHeaders()));
                    unfinished = false;
                }
            }
            ReferenceCountUtil.release(each);
        }
        channel.finishAndReleaseAll();
        return new Reading(messages, failed, unfinished);
    }

    private static String first(HttpMessage message) {
        return switch (message) {
            case HttpRequest request ->
                    request.method() + " " + request.uri() + " " + request.protocolVersion();
            case HttpResponse response -> response.protocolVersion() + " " + response.status();
            default -> "";
        };
    }

    /** Netty leaves an unknown coding on an answer that cannot have a body; it is dropped here. */
    private static List<String> headers(HttpMessage message) {
        List<String> all = told(message.headers());
        return message instanceof HttpResponse answer && isBodyless(answer.status().code())
                ? all.stream().filter(each -> !each.startsWith("transfer-encoding=")).toList()
                : all;
    }

    private static boolean isBodyless(int code) {
        return code < 200 || code == 204 || code == 304;
    }

    /** By name, since a map forgets the order among names. */
    private static List<String> told(HttpHeaders headers) {
        return headers.entries().stream()
                .map(each -> each.getKey().toLowerCase(Locale.ROOT) + "=" + each.getValue())
                .sorted()
                .toList();
    }

    private static String escaped(String bytes) {
        return bytes.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
    }
}
