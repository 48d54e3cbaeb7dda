package dev.mehari.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mehari.audit.AuditChain;
import dev.mehari.audit.AuditKey;
import dev.mehari.audit.EventChain;
import dev.mehari.audit.EventSeal;
import dev.mehari.audit.Events;
import dev.mehari.audit.SealedEvents;
import dev.mehari.testing.TestExchange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

class EventLinesTest {
    private static final UUID INSTANCE = new UUID(4, 2);
    private static final AuditKey KEY = AuditKey.of(Base64.getEncoder().encodeToString(new byte[32]));

    private final EventChain links = EventChain.begin(INSTANCE, null);
    private final ExportRecord.Chain chain = new ExportRecord.Chain(
            7,
            INSTANCE,
            null,
            HexFormat.of().formatHex(links.head()),
            Base64.getEncoder().encodeToString(KEY.publicKey()),
            Instant.EPOCH);
    private final EventSeal seal = new EventSeal(new AuditChain(7, INSTANCE), links, KEY, Clock.systemUTC());
    private final EventLines lines = new EventLines(id -> id == 7 ? chain : null, KEY);

    // row 64
    @Test
    void what_is_written_verifies_as_a_whole_and_from_each_batch_on() throws Exception {
        String first = write(seal.seal(Events.range(1, 3)));
        String second = write(seal.seal(Events.range(4, 5)));
        String third = write(seal.seal(Events.range(6, 6)));

        assertThat(first.lines()).hasSize(5);
        assertThat(problems(first + second + third)).isEmpty();
        assertThat(problems(second + third)).isEmpty();
        assertThat(problems(third)).isEmpty();
        assertThat(problems(first + third))
                .extracting(Problem::kind, Problem::first, Problem::last)
                .containsExactly(tuple(Problem.Kind.MISSING, 4L, 5L));
    }

    @Test
    void a_batch_that_comes_again_verifies_in_a_file_of_its_own() throws Exception {
        write(seal.seal(Events.range(1, 3)));
        SealedEvents failed = seal.seal(Events.range(4, 5));
        write(failed);

        assertThat(problems(write(failed))).isEmpty();
    }

    private String write(SealedEvents events) throws Exception {
        Exchange exchange = TestExchange.create();
        exchange.setProperty("mehari.audit-events", events);
        lines.process(exchange);
        return exchange.getMessage().getBody(String.class);
    }

    private List<Problem> problems(String text) throws AuditFormatException {
        Verifier verifier = Verifier.ofPart(TrustedKeys.read(chain.publicKey()), List.of(), Duration.ofHours(1));
        ExportLines reader = new ExportLines();
        for (String line : text.lines().toList()) {
            verifier.accept(reader.read(line));
        }
        Verdict verdict = verifier.finish();
        assertThat(verdict.unproven()).isZero();
        return verdict.problems();
    }
}
