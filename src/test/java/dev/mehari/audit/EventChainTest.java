package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventChainTest {
    private static final UUID INSTANCE = UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2");

    private final AuditEvent one = event("a", "gpt", 200);
    private final AuditEvent other = event("b", null, 429);

    @Test
    void gives_the_same_link_for_the_same_events() {
        assertThat(headOf(one, other)).isEqualTo(headOf(event("a", "gpt", 200), event("b", null, 429)));
    }

    @Test
    void gives_another_link_for_any_other_events() {
        byte[] head = headOf(one, other);

        assertThat(headOf(other, one)).isNotEqualTo(head);
        assertThat(headOf(one)).isNotEqualTo(head);
        assertThat(headOf(one, one, other)).isNotEqualTo(head);
        assertThat(headOf(one, event("b", null, 428))).isNotEqualTo(head);
    }

    @Test
    void tells_absent_text_from_empty_text() {
        assertThat(headOf(event("b", null, 200))).isNotEqualTo(headOf(event("b", "", 200)));
    }

    @Test
    void goes_on_where_a_chain_was() {
        EventChain begun = EventChain.begin(INSTANCE, null);
        begun.add(one);

        EventChain resumed = EventChain.at(begun.head(), begun.sequence());
        resumed.add(other);

        assertThat(resumed.head()).isEqualTo(headOf(one, other));
        assertThat(resumed.sequence()).isEqualTo(2);
        assertThat(resumed.shortHead())
                .isEqualTo(ByteBuffer.wrap(resumed.head()).getLong());
    }

    @Test
    void begins_with_the_chain_before() {
        EventChain next = EventChain.begin(INSTANCE, headOf(one));

        assertThat(next.head()).isNotEqualTo(EventChain.begin(INSTANCE, null).head());
    }

    @Test
    void takes_text_of_any_length() {
        String longest = "\u6f22".repeat(AuditText.LONGEST);

        assertThat(headOf(event(longest, longest, 200))).isNotEqualTo(headOf(event(longest, longest, 201)));
    }

    private static byte[] headOf(AuditEvent... events) {
        EventChain chain = EventChain.begin(INSTANCE, null);
        for (AuditEvent event : events) {
            chain.add(event);
        }
        return chain.head();
    }

    private static AuditEvent event(String id, String model, int status) {
        return new AuditEvent(
                1_800_000_000_000_000L,
                new AuditEvent.Request(
                        id, null, 7, "203.0.113.9", "POST", "/v1/messages", Dialect.ANTHROPIC, model, true, 42),
                new AuditEvent.Way("up", 3, 1),
                new AuditEvent.Result(EndedCall.Outcome.SUCCESS, status, null),
                new AuditEvent.Times(1, 20, 300),
                new AuditEvent.Use(100, 2000, new TokenUsage(1, 2, 3, 10, 5), false, 1_000_000));
    }
}
