package dev.mehari.benchmark;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** Builds the handlers of one connection: TLS where the URL asks for it, the answer's decoder, the connection's state. */
final class LoadPipeline extends ChannelInitializer<Channel> {
    private static final int LARGEST_CHUNK = 64 * 1024;

    private final RequestTemplate request;
    private final @Nullable SslContext tls;
    private final LoadConnection connection;

    LoadPipeline(RequestTemplate request, @Nullable SslContext tls, LoadConnection connection) {
        this.request = request;
        this.tls = tls;
        this.connection = connection;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (tls != null) {
            channel.pipeline()
                    .addLast(tls.newHandler(channel.alloc(), request.url().getHost(), request.port()));
        }
        HttpDecoderConfig config =
                new HttpDecoderConfig().setMaxChunkSize(LARGEST_CHUNK).setValidateHeaders(false);
        channel.pipeline().addLast(new AnswerDecoder(config, request.isHead())).addLast(connection);
    }

    /** Knows that the answer to HEAD has no body, whatever its headers say. */
    private static final class AnswerDecoder extends HttpResponseDecoder {
        private final boolean head;

        AnswerDecoder(HttpDecoderConfig config, boolean head) {
            super(config);
            this.head = head;
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            return head || super.isContentAlwaysEmpty(message);
        }
    }
}
