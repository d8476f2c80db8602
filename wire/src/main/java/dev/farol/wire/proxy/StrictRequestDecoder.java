package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConfig;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Refuses a message with both Content-Length and Transfer-Encoding, which Netty would repair: two
 * readers of such a message may disagree on where it ends.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
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
}
