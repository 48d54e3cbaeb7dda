package dev.mehari.outbound;

import dev.mehari.probe.ProbeAnswer;
import dev.mehari.probe.ProbeClient;
import dev.mehari.probe.ProbeQuestion;
import dev.mehari.upstream.Upstream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Questions to upstreams over HTTP, by their own forward proxy and certificates. */
public final class HttpProbes implements ProbeClient {
    private final OutboundHttp http;

    public HttpProbes(OutboundHttp http) {
        this.http = http;
    }

    @Override
    public CompletionStage<ProbeAnswer> ask(ProbeQuestion question, Duration timeout) {
        Upstream upstream = question.upstream();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create((upstream.tls() ? "https://" : "http://") + upstream.authority() + question.path()));
        question.headers().forEach(request::setHeader);
        if (question.body() == null) {
            request.GET();
        } else {
            request.POST(HttpRequest.BodyPublishers.ofString(question.body()));
        }
        return http.send(
                        new OutboundHttp.Way(
                                upstream.forwardProxy(), upstream.options().trust()),
                        request,
                        timeout)
                .thenApply(response -> new ProbeAnswer(response.statusCode(), response.body()));
    }
}
