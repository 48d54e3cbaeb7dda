package dev.mehari.relay;

import dev.mehari.exchange.AnswerObserver;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows an answer to its observer, whose fault must not end what it looks at. On the event loop. */
record AnswerShow(AnswerObserver observer) {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerShow.class);

    void head(HttpHeaders headers) {
        shown(() -> observer.head(
                headers.get(HttpHeaderNames.CONTENT_TYPE), headers.get(HttpHeaderNames.CONTENT_ENCODING)));
    }

    void bytes(ByteBuf some) {
        if (some.isReadable()) {
            shown(() -> observer.bytes(some.nioBuffer().asReadOnlyBuffer()));
        }
    }

    void bytes(byte[] some) {
        if (some.length > 0) {
            shown(() -> observer.bytes(ByteBuffer.wrap(some).asReadOnlyBuffer()));
        }
    }

    private static void shown(Runnable show) {
        try {
            show.run();
        } catch (RuntimeException e) {
            LOG.error("Looking at an answer on its way failed", e);
        }
    }
}
