package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.operator.LoginThrottle;
import dev.mehari.operator.OperatorStore;
import dev.mehari.operator.Operators;
import dev.mehari.operator.SessionToken;
import dev.mehari.testing.TestExchange;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangePasswordTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String OLD = "correct horse battery";
    private static final String NEW = "staple of another kind";

    private final Store store = new Store();
    private long now;
    private final Operators operators = new Operators(
            store,
            new LoginThrottle(() -> now),
            new OperatorStore.SessionLife(Duration.ofMinutes(1), Duration.ofMinutes(1)),
            1,
            RANDOM);
    private Exchange answer = TestExchange.create();

    @BeforeEach
    void setPassword() throws Exception {
        operators.setPassword(OLD);
    }

    // row 54
    @Test
    void a_session_that_guesses_the_password_in_force_is_slowed_down() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(bySession("wrong password " + i)).isEqualTo(403);
            assertThat(error("code")).isEqualTo("wrong_password");
            assertThat(error("field")).isEqualTo("current");
        }

        assertThat(bySession(OLD)).isEqualTo(429);
        assertThat(answer.getMessage().getHeader("Retry-After")).isEqualTo("1");
        assertThat(operators.refusal(NEW, "unknown")).isPresent();

        now += Duration.ofSeconds(1).toNanos();
        assertThat(bySession(OLD)).isEqualTo(200);
        assertThat(operators.refusal(NEW, "unknown")).isEmpty();
    }

    @Test
    void a_session_has_to_give_the_password_in_force() throws Exception {
        assertThat(bySession(null)).isEqualTo(400);
        assertThat(error("field")).isEqualTo("current");
        assertThat(operators.refusal(OLD, "unknown")).isEmpty();
    }

    @Test
    void the_holder_of_the_admin_token_need_not() throws Exception {
        assertThat(change(TestExchange.create(), null)).isEqualTo(200);
        assertThat(operators.refusal(NEW, "unknown")).isEmpty();
    }

    private int bySession(String current) {
        Exchange exchange = TestExchange.create();
        new CurrentSession(SessionToken.random(RANDOM), Instant.EPOCH).putOn(exchange);
        return change(exchange, current);
    }

    private int change(Exchange exchange, String current) {
        var body = new ObjectMapper().createObjectNode().put("password", NEW).put("current", current);
        exchange.getMessage().setBody(body.toString());
        new ChangePassword(operators, false).process(exchange);
        answer = exchange;
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    }

    private String error(String field) throws Exception {
        return new ObjectMapper()
                .readTree(answer.getMessage().getBody(byte[].class))
                .at("/error/" + field)
                .asText();
    }

    /** A password in memory, and no sessions. */
    private static final class Store implements OperatorStore {
        private String hash;

        @Override
        public Optional<StoredPassword> password() {
            return Optional.of(new StoredPassword(hash, "1"));
        }

        @Override
        public void setPassword(String hash) {
            this.hash = hash;
        }

        @Override
        public boolean begin(String tokenHash, String version, SessionLife life) {
            return false;
        }

        @Override
        public Optional<Instant> use(String tokenHash, SessionLife life) {
            return Optional.empty();
        }

        @Override
        public void end(String tokenHash) {}
    }
}
