package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.operator.Login;
import dev.mehari.operator.Operators;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code PUT /api/password} with body {@code {"password","current"}}: sets it and ends all sessions, the asker's
 * included; named {@code changePassword}. A session has to give the password in force in {@code current}, slowed down as
 * logins are: 403 when it is another, 429 after too many wrong ones; whoever shows the admin token need not. 400 when the new
 * one is too short or too long, or when {@code mehari.admin.password} sets it, since the next start would set it back.
 */
public final class ChangePassword extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(ChangePassword.class);
    private static final String PASSWORD = "password";
    private static final String CURRENT = "current";

    private final Operators operators;
    private final boolean configured;

    /**
     * Changes the password.
     *
     * @param configured true when the configuration sets it
     */
    public ChangePassword(Operators operators, boolean configured) {
        this.operators = operators;
        this.configured = configured;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminBody body = AdminBody.of(exchange, Set.of(PASSWORD, CURRENT));
        String password = body.text(PASSWORD);
        String current = body.optionalText(CURRENT);
        if (configured) {
            throw AdminRefusal.invalidValue(PASSWORD, "mehari.admin.password sets it: change it there, then restart");
        }
        if (!Operators.isAcceptable(password)) {
            throw AdminRefusal.invalidValue(
                    PASSWORD,
                    "must have " + Operators.SHORTEST_PASSWORD + " to " + Operators.LONGEST_PASSWORD + " characters");
        }
        if (CurrentSession.of(exchange) != null) {
            confirm(current, RequestOrigin.client(exchange));
        }
        operators.setPassword(password);
        LOG.info("The admin password was changed; all sessions have ended");
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("changed", true));
    }

    private void confirm(@Nullable String current, String address) throws AdminRefusal, StorageUnavailable {
        if (current == null) {
            throw AdminRefusal.invalidValue(CURRENT, "must be given by a session, as text");
        }
        Optional<Login> refusal = operators.refusal(current, address);
        if (refusal.isPresent()) {
            LOG.warn("A session at {} may not change the password: {}", address, refusal.get());
            throw refusal.get() instanceof Login.TooMany tooMany
                    ? AdminRefusal.tooManyLogins(tooMany.retryAfter())
                    : AdminRefusal.wrongPassword(CURRENT);
        }
    }
}
