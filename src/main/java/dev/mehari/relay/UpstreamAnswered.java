package dev.mehari.relay;

import dev.mehari.failure.AnsweredByUpstream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.NettyHttpOperationFailedException;

/**
 * Camel's exception for a status that counts as a failure, together with the answer that had it. A circuit breaker hands
 * on nothing but the exception, and the client is to see what the upstream said; {@link PassUpstreamAnswer} shows it.
 */
final class UpstreamAnswered extends NettyHttpOperationFailedException implements AnsweredByUpstream {
    private static final long serialVersionUID = 1L;

    private final transient Message answer;

    UpstreamAnswered(String uri, UpstreamAnswer upstream, Message answer) {
        super(
                uri,
                upstream.status().code(),
                upstream.status().reasonPhrase(),
                upstream.status().codeClass() == HttpStatusClass.REDIRECTION
                        ? upstream.headers().get(HttpHeaderNames.LOCATION)
                        : null,
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        upstream.status(),
                        Unpooled.wrappedBuffer(upstream.body() instanceof byte[] bytes ? bytes : RequestBody.EMPTY)));
        this.answer = answer;
    }

    @Override
    public int status() {
        return getStatusCode();
    }

    @Override
    public Message answer() {
        return answer;
    }

    /** A status is an everyday event, and its place in our code is known. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
