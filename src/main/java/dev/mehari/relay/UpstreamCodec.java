package dev.mehari.relay;

import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Requests to bytes, and bytes to answers, of which one is expected at a time; knows of bytes that belong to none. */
final class UpstreamCodec extends CombinedChannelDuplexHandler<UpstreamCodec.AnswerDecoder, HttpRequestEncoder> {
    UpstreamCodec(HttpDecoderConfig config) {
        super(new AnswerDecoder(config), new HttpRequestEncoder());
    }

    /** The next answer is one to a request with this method. */
    void expectAnswerTo(HttpMethod method) {
        inboundHandler().toHead = HttpMethod.HEAD.equals(method);
    }

    /** True when bytes have come that are no part of an answer yet. */
    boolean hasSurplus() {
        return inboundHandler().hasSurplus();
    }

    static final class AnswerDecoder extends HttpResponseDecoder {
        private boolean toHead;

        AnswerDecoder(HttpDecoderConfig config) {
            super(config);
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage answer) {
            boolean isLast = ((HttpResponse) answer).status().codeClass() != HttpStatusClass.INFORMATIONAL;
            return (toHead && isLast) || super.isContentAlwaysEmpty(answer);
        }

        private boolean hasSurplus() {
            return actualReadableBytes() > 0;
        }
    }
}
