package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.testing.CapturedLog;
import dev.mehari.testing.TestExchange;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;

/** An upstream's answer that was a failure. */
class PassUpstreamAnswerTest {
    private final Exchange exchange = TestExchange.create();
    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    @Test
    void is_passed_on_without_a_word_to_a_caller() {
        pass();

        assertThat(exchange.getMessage().getBody()).isEqualTo("busy");
        assertThat(log).isEmpty();
    }

    @Test
    void is_logged_when_it_is_that_to_a_group_since_nobody_is_answered() {
        exchange.setProperty(ExchangePropertyKey.AGGREGATED_COMPLETED_BY, "size");

        pass();

        assertThat(log).singleElement().asString().contains("aggregate", "503").doesNotContain("busy");
    }

    private void pass() {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new Busy(new DefaultMessage(exchange.getContext())));
        try (CapturedLog captured = CapturedLog.of(log::add, PassUpstreamAnswer.class.getName())) {
            new PassUpstreamAnswer().process(exchange);
            assertThat(captured.lines()).isEqualTo(log.size());
        }
    }

    private static final class Busy extends Exception implements AnsweredByUpstream {
        private static final long serialVersionUID = 1L;

        private final transient Message answer;

        Busy(Message answer) {
            this.answer = answer;
            answer.setBody("busy");
        }

        @Override
        public int status() {
            return 503;
        }

        @Override
        public Message answer() {
            return answer;
        }
    }
}
