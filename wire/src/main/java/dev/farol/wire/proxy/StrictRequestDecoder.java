package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Refuses what Netty would repair, because two readers of it may disagree: a message with both
 * Content-Length and Transfer-Encoding, a header folded over two lines, a request line with
 * anything but one space between its three words.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    private boolean inHead = true;
    private boolean begun;
    private boolean folded;
    private int wordEnd;

    StrictRequestDecoder(ProxyConfig config) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(config.maxRequestLine())
                        .setMaxHeaderSize(config.maxHeaders())
                        .setMaxChunkSize(64 * 1024)
                        .setStrictLineParsing(true)
                        .setUseRfc9112TransferEncoding(true));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
    }

    /** A call that reads of a head reads whole lines of it, and nothing beyond. */
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
            throws Exception {
        int from = buffer.readerIndex();
        int known = out.size();
        super.decode(context, buffer, out);
        if (inHead && buffer.readerIndex() > from) {
            folded |= folds(buffer, from, buffer.readerIndex());
            begun = true;
        }
        if (out.size() > known) {
            if (inHead && out.get(known) instanceof HttpRequest request) {
                headEnds(request);
            }
            if (out.getLast() instanceof LastHttpContent) {
                inHead = true;
                begun = false;
            }
        }
    }

    private void headEnds(HttpRequest request) {
        inHead = false;
        if (folded && request.decoderResult().isSuccess()) {
            request.setDecoderResult(
                    DecoderResult.failure(new IllegalArgumentException("a folded header")));
        }
        folded = false;
    }

    /** Whether one of these lines, other than the first of the head, begins with a blank. */
    private boolean folds(ByteBuf buffer, int from, int to) {
        int line = begun ? from : buffer.indexOf(from, to, HttpConstants.LF) + 1;
        while (line > 0 && line < to) {
            byte first = buffer.getByte(line);
            if (first == HttpConstants.SP || first == HttpConstants.HT) {
                return true;
            }
            line = buffer.indexOf(line, to, HttpConstants.LF) + 1;
        }
        return false;
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        if (start != 0) {
            throw new IllegalArgumentException("a request line that begins with a blank");
        }
        wordEnd = length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        oneSpaceBefore(line, start);
        wordEnd = start + length;
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        oneSpaceBefore(line, start);
        String version = super.splitThirdWordInitialLine(line, start, length);
        if (!version.startsWith("HTTP/")) {
            throw new IllegalArgumentException("a version in other letters");
        }
        return version;
    }

    private void oneSpaceBefore(byte[] line, int start) {
        if (start != wordEnd + 1 || line[wordEnd] != HttpConstants.SP) {
            throw new IllegalArgumentException("not one space between the words");
        }
    }
}
