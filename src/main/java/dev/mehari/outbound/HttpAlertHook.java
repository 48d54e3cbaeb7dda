package dev.mehari.outbound;

import dev.mehari.alert.AlertHook;
import dev.mehari.upstream.UpstreamOptions.Trust;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Posts alerts to one URL, directly. An answer has 5 s, and what it says beside its status is not read. */
public final class HttpAlertHook implements AlertHook {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final OutboundHttp http;
    private final URI url;

    /** @param url http or https */
    public HttpAlertHook(OutboundHttp http, URI url) {
        this.http = http;
        this.url = url;
    }

    @Override
    public CompletionStage<Integer> post(String json) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .setHeader("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        return http.send(new OutboundHttp.Way(null, Trust.SYSTEM), request, PATIENCE)
                .thenApply(answer -> answer.statusCode());
    }
}
