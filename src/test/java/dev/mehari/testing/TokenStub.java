package dev.mehari.testing;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The token endpoint of an OAuth server (RFC 6749, section 6): answers refreshes as its script says and remembers them.
 * Tokens that it issues are {@link #accessToken} 1, 2, 3... Until told otherwise it issues one at once for each refresh.
 *
 * <pre>{@code
 * TokenStub tokens = TokenStub.issuing(Duration.ofHours(1)).after(Duration.ofMillis(500));
 * tokens.answer(refresh -> new TokenStub.Refused("invalid_grant"));
 * }</pre>
 */
public final class TokenStub implements AutoCloseable {
    /**
     * A refresh that was asked for.
     *
     * @param number 1 for the first
     * @param client its id, from the form or from HTTP basic; empty when none was sent
     * @param secret of the client, from the form or from HTTP basic; empty when none was sent
     */
    public record Refresh(int number, String token, String client, String secret, String scope, long arrivedNanos) {}

    /** What the endpoint does with a refresh. */
    @FunctionalInterface
    public interface Script {
        Answer answer(Refresh refresh);
    }

    /** An answer to a refresh. */
    public sealed interface Answer permits Fresh, Refused, Status, Garbage, Silence, Reset {}

    /**
     * New tokens.
     *
     * @param lifetime negative for an answer that does not say
     * @param rotates true sends a new refresh token, too
     */
    public record Fresh(Duration lifetime, boolean rotates) implements Answer {}

    /** 400 with an error of RFC 6749, section 5.2, such as {@code invalid_grant}. */
    public record Refused(String error) implements Answer {}

    /** Another status, such as 500 or 429; headers are name and value in turn. */
    public record Status(int status, String... headers) implements Answer {}

    /** 200 with a body that is not what was asked for. */
    public record Garbage(String body) implements Answer {}

    /** None at all. */
    public record Silence() implements Answer {}

    /** A connection that breaks. */
    public record Reset() implements Answer {}

    private final StubUpstream stub = StubUpstream.answering(this::refresh);
    private final List<Refresh> refreshes = new CopyOnWriteArrayList<>();
    private final AtomicInteger issued = new AtomicInteger();
    /** So that its tokens are nowhere else. */
    private final String mark = UUID.randomUUID().toString().replace("-", "");

    private volatile Script script;
    private volatile Duration delay = Duration.ZERO;

    private TokenStub(Script script) {
        this.script = script;
    }

    /** One that answers each refresh with a token that lasts for {@code lifetime}; refresh tokens stay as they are. */
    public static TokenStub issuing(Duration lifetime) {
        return new TokenStub(refresh -> new Fresh(lifetime, false));
    }

    /** From now on, answers as {@code next} says. */
    public TokenStub answer(Script next) {
        script = next;
        return this;
    }

    /** From now on, takes this long for each answer. */
    public TokenStub after(Duration next) {
        delay = next;
        return this;
    }

    /** Where refreshes are sent to. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + stub.port() + "/token");
    }

    /** All that were asked for so far. */
    public List<Refresh> refreshes() {
        return refreshes;
    }

    /** Tokens issued so far. */
    public int issued() {
        return issued.get();
    }

    /** The access token that was, or will be, issued as number {@code number}, from 1. */
    public String accessToken(int number) {
        return "fresh-access-token-" + number + "-" + mark;
    }

    /** The refresh token that goes with access token {@code number}, where the script rotates them. */
    public String refreshToken(int number) {
        return "fresh-refresh-token-" + number + "-" + mark;
    }

    /** Refreshes without an answer yet, at most so many at once. */
    public int mostInFlight() {
        return stub.mostInFlight();
    }

    private void refresh(StubUpstream.Request request, StubUpstream.Reply reply) {
        Map<String, List<String>> form = new QueryStringDecoder(request.text(), false).parameters();
        String[] basic = basic(request.headers().get("Authorization", ""));
        Refresh refresh;
        synchronized (refreshes) {
            refresh = new Refresh(
                    refreshes.size() + 1,
                    first(form, "refresh_token", ""),
                    first(form, "client_id", basic[0]),
                    first(form, "client_secret", basic[1]),
                    first(form, "scope", ""),
                    request.arrivedNanos());
            refreshes.add(refresh);
        }
        Answer answer = script.answer(refresh);
        if (delay.isZero()) {
            send(answer, reply);
        } else {
            reply.after(delay, () -> send(answer, reply));
        }
    }

    private void send(Answer answer, StubUpstream.Reply reply) {
        if (answer instanceof Fresh fresh) {
            reply.json(200, fresh(fresh));
        } else if (answer instanceof Refused refused) {
            reply.json(400, "{\"error\":\"" + refused.error() + "\",\"error_description\":\"refused by the stub\"}");
        } else if (answer instanceof Status status) {
            reply.json(status.status(), "{\"error\":\"temporarily_unavailable\"}", status.headers());
        } else if (answer instanceof Garbage garbage) {
            reply.bytes(200, "text/html", garbage.body().getBytes(StandardCharsets.UTF_8));
        } else if (answer instanceof Reset) {
            reply.reset();
        }
    }

    private String fresh(Fresh fresh) {
        int number = issued.incrementAndGet();
        StringBuilder json = new StringBuilder("{\"token_type\":\"Bearer\",\"access_token\":\"")
                .append(accessToken(number))
                .append('"');
        if (!fresh.lifetime().isNegative()) {
            json.append(",\"expires_in\":").append(fresh.lifetime().toSeconds());
        }
        if (fresh.rotates()) {
            json.append(",\"refresh_token\":\"").append(refreshToken(number)).append('"');
        }
        return json.append('}').toString();
    }

    private static String first(Map<String, List<String>> form, String name, String otherwise) {
        return form.getOrDefault(name, List.of(otherwise)).get(0);
    }

    private static String[] basic(String authorization) {
        if (!authorization.startsWith("Basic ")) {
            return new String[] {"", ""};
        }
        String text = new String(
                java.util.Base64.getDecoder().decode(authorization.substring("Basic ".length())),
                StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        return colon < 0 ? new String[] {text, ""} : new String[] {text.substring(0, colon), text.substring(colon + 1)};
    }

    @Override
    public void close() {
        stub.close();
    }
}
