package dev.mehari.outbound;

import dev.mehari.credential.TokenAnswer;
import dev.mehari.credential.TokenAnswers;
import dev.mehari.credential.TokenEndpoint;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.upstream.UpstreamOptions.Trust;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Token endpoints over HTTP: the grant as a form, the client's id and secret in it (RFC 6749, sections 2.3.1 and 6). Nothing
 * of request or answer is logged, nor is an exception of theirs, which might quote them.
 */
public final class HttpTokenEndpoint implements TokenEndpoint {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final OutboundHttp http;
    private final Clock clock;
    private final Duration timeout;
    private final TokenAnswers answers = new TokenAnswers();

    public HttpTokenEndpoint(OutboundHttp http, Clock clock) {
        this(http, clock, TIMEOUT);
    }

    HttpTokenEndpoint(OutboundHttp http, Clock clock, Duration timeout) {
        this.http = http;
        this.clock = clock;
        this.timeout = timeout;
    }

    @Override
    public CompletionStage<TokenAnswer> ask(Grant grant) {
        HttpRequest.Builder request = HttpRequest.newBuilder(grant.tokenUrl())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(form(grant), StandardCharsets.US_ASCII));
        return http.send(new OutboundHttp.Way(grant.forwardProxy(), Trust.SYSTEM), request, timeout)
                .handle((response, failure) ->
                        response == null ? new TokenAnswer.Later(reason(failure), null) : read(response));
    }

    private TokenAnswer read(HttpResponse<byte[]> response) {
        String retryAfter = response.headers().firstValue("Retry-After").orElse(null);
        return answers.read(response.statusCode(), retryAfter, response.body(), clock.instant());
    }

    private static String form(Grant grant) {
        StringBuilder form = new StringBuilder("grant_type=refresh_token");
        add(form, "refresh_token", grant.refreshToken().reveal());
        add(form, "client_id", grant.clientId());
        if (grant.clientSecret() != null) {
            add(form, "client_secret", grant.clientSecret().reveal());
        }
        add(form, "scope", grant.scopes());
        return form.toString();
    }

    private static void add(StringBuilder form, String name, String value) {
        if (!value.isEmpty()) {
            form.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TimeoutException || cause instanceof HttpTimeoutException ? "timeout" : "unreachable";
    }
}
