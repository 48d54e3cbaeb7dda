package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.operator.Operators;
import dev.mehari.operator.SessionToken;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request on only if it shows the admin token, or the cookie of a session; named {@code requireAdmin}, the first step of
 * every admin route. Else answers 401 and stops the route. A request that changes something by cookie also needs the header
 * {@code X-CSRF-Token} and must not come from a page of another host: 403 {@code csrf}. The credentials do not travel further;
 * a session is left as a {@link CurrentSession}. The token is checked without the database, so that it works while that is away.
 */
public final class RequireAdmin extends AdminResource {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    /** Query parameters look like headers to a route; credentials in an URL would end in logs and histories. */
    private static final Set<String> NOT_IN_A_QUERY =
            Set.of("authorization", "cookie", "x-csrf-token", "origin", "x-forwarded-proto");

    private final AdminToken token;
    private final Operators operators;

    public RequireAdmin(AdminToken token, Operators operators) {
        this.token = token;
        this.operators = operators;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        Object authorization = exchange.getMessage().removeHeader("Authorization");
        Object cookie = exchange.getMessage().removeHeader("Cookie");
        for (String name : request.parameters()) {
            if (NOT_IN_A_QUERY.contains(name.toLowerCase(Locale.ROOT))) {
                throw unauthenticated();
            }
        }
        if (authorization == null) {
            checkSession(exchange, request, cookie);
        } else if (!token.isShownBy(authorization instanceof String text ? text : null)) {
            throw unauthenticated();
        }
    }

    private void checkSession(Exchange exchange, AdminRequest request, @Nullable Object cookie)
            throws AdminRefusal, StorageUnavailable {
        Optional<SessionToken> session = SessionCookie.read(cookie);
        if (session.isEmpty()) {
            throw unauthenticated();
        }
        Optional<Instant> end = operators.use(session.get());
        if (end.isEmpty()) {
            throw unauthenticated();
        }
        if (!SAFE.contains(request.method())) {
            RequestOrigin.check(request);
            if (!session.get().isGuardedBy(request.text("X-CSRF-Token"))) {
                throw AdminRefusal.csrf("Send the header X-CSRF-Token with the csrf_token of GET /api/session.");
            }
        }
        new CurrentSession(session.get(), end.get()).putOn(exchange);
    }

    private static AdminRefusal unauthenticated() {
        return AdminRefusal.unauthenticated(
                "admin_token_required",
                "Log in, or send Authorization: Bearer with the admin token, which is in the file " + AdminToken.FILE
                        + " of the gateway's data folder unless mehari.admin.token sets it.");
    }
}
