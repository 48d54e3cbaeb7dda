package dev.mehari.relay;

import dev.mehari.config.RelayLimits;
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
                .setMaxInitialLineLength((int) limits.maxInitialLine().bytes())
                .setMaxHeaderSize((int) limits.maxHeader().bytes()));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException(CONFLICT);
    }
}
