package dev.mehari.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** An answer to HEAD, or 204 or 304: its Content-Length, if any, speaks of a body that is not sent. */
final class BodilessAnswer extends DefaultFullHttpResponse {
    BodilessAnswer(HttpResponseStatus status, HttpHeaders headers) {
        super(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE);
    }
}
