package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
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

    /** Exports are verified by other versions than the one that has signed them. */
    @Test
    void has_the_links_that_its_description_says() throws Exception {
        List<AuditEvent> events = List.of(
                one,
                other,
                other,
                new AuditEvent(
                        1_800_000_000_000_001L,
                        new AuditEvent.Request(
                                "c",
                                "0af7651916cd43dd8448eb211c80319c",
                                8,
                                null,
                                "GET",
                                "/v1/\u00e9",
                                Dialect.OPENAI,
                                "m",
                                false,
                                -9),
                        new AuditEvent.Way(null, 0, 0),
                        new AuditEvent.Result(EndedCall.Outcome.REFUSED, 503, "queue_full"),
                        new AuditEvent.Times(-1, -1, 3),
                        new AuditEvent.Use(4, 5, TokenUsage.NONE, true, 0)),
                other);

        byte[] link = EventChain.begin(INSTANCE, null).head();
        for (int number = 1; number <= events.size(); number++) {
            link = MessageDigest.getInstance("SHA-256").digest(described(link, number, events.get(number - 1)));
        }

        assertThat(headOf(events.toArray(AuditEvent[]::new))).isEqualTo(link);
    }

    private static byte[] described(byte[] before, long number, AuditEvent event) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(before);
        out.writeByte(1);
        out.writeLong(number);
        describe(out, event);
        return bytes.toByteArray();
    }

    private static void describe(DataOutputStream out, Object value) throws Exception {
        if (value instanceof Record record) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                Object part = component.getAccessor().invoke(record);
                if (part == null) {
                    out.writeInt(-1);
                } else {
                    describe(out, part);
                }
            }
        } else if (value instanceof Number number) {
            out.writeLong(number.longValue());
        } else if (value instanceof Boolean truth) {
            out.writeByte(truth ? 1 : 0);
        } else {
            byte[] utf8 = (value instanceof Enum<?> constant ? constant.name() : (String) value)
                    .getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
        }
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
