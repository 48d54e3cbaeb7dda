package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.operator.Operators;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code PUT /api/password} with body {@code {"password"}}: sets it and ends all sessions, the asker's included; named
 * {@code changePassword}. 400 when it is too short or too long, or when {@code mehari.admin.password} sets it, since the next
 * start would set it back.
 */
public final class ChangePassword extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(ChangePassword.class);

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
        String password = AdminBody.of(exchange, Set.of("password")).text("password");
        if (configured) {
            throw AdminRefusal.invalidValue("password", "mehari.admin.password sets it: change it there, then restart");
        }
        if (!Operators.isAcceptable(password)) {
            throw AdminRefusal.invalidValue(
                    "password",
                    "must have " + Operators.SHORTEST_PASSWORD + " to " + Operators.LONGEST_PASSWORD + " characters");
        }
        operators.setPassword(password);
        LOG.info("The admin password was changed; all sessions have ended");
        AdminAnswer.put(exchange, 200, JsonNodeFactory.instance.objectNode().put("changed", true));
    }
}
