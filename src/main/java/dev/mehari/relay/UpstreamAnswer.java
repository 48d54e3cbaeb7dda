package dev.mehari.relay;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * An upstream's answer.
 *
 * @param body {@code byte[]} when it arrived as a whole, {@link LiveBody} while it is still coming
 * @param length its Content-Length, -1 when it had none
 */
record UpstreamAnswer(HttpResponseStatus status, HttpHeaders headers, Object body, long length) {}
