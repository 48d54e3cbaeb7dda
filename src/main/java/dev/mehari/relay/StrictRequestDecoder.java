package dev.mehari.relay;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Refuses a request that has both a Content-Length and a chunked body, where Netty drops the length: two readers that
 * choose differently see two different requests (RFC 9112, section 6.1). Differing lengths are refused by Netty itself.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    static final String CONFLICT = "Content-Length and Transfer-Encoding together";

    StrictRequestDecoder(RelayLimits limits) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.maxInitialLineBytes())
                .setMaxHeaderSize(limits.maxHeaderBytes()));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException(CONFLICT);
    }
}
