package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.operator.Login;
import dev.mehari.operator.Operators;
import dev.mehari.operator.SessionToken;
import java.time.Instant;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code POST /api/login} with body {@code {"password"}}: 200, a session in the cookie {@value SessionCookie#NAME} and
 * what {@link ShowSession} shows; 401 when the password is wrong or none is set; 429 with {@code Retry-After} after too many
 * wrong ones; named {@code logIn}. Open to all: it is how one gets in.
 */
public final class LogIn extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(LogIn.class);

    private final Operators operators;

    public LogIn(Operators operators) {
        this.operators = operators;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        RequestOrigin.check(request);
        request.noFilters();
        boolean secure = RequestOrigin.isByTls(request);
        String password = AdminBody.of(exchange, Set.of("password")).text("password");
        String address = RequestOrigin.client(exchange);
        Login login = operators.logIn(password, address);
        if (login instanceof Login.Accepted accepted) {
            open(exchange, accepted.token(), secure);
        } else if (login instanceof Login.TooMany tooMany) {
            LOG.warn("A login from {} was refused after too many wrong passwords", address);
            throw AdminRefusal.tooManyLogins(tooMany.retryAfter());
        } else if (login instanceof Login.NoPasswordSet) {
            throw AdminRefusal.unauthenticated(
                    "no_password_set",
                    "No password is set. Set one with \"mehari password\" or PUT /api/password, or mehari.admin.password.");
        } else {
            LOG.warn("A login from {} was refused: wrong password", address);
            throw AdminRefusal.unauthenticated("wrong_password", "The password is wrong.");
        }
    }

    private void open(Exchange exchange, SessionToken token, boolean secure) throws AdminRefusal, StorageUnavailable {
        Instant end = operators
                .use(token)
                .orElseThrow(() -> AdminRefusal.unauthenticated("wrong_password", "The password has just changed."));
        AdminAnswer.put(exchange, 200, new CurrentSession(token, end).json());
        exchange.getMessage().setHeader("Set-Cookie", SessionCookie.of(token, secure));
    }
}
