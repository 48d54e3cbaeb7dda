package dev.mehari.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.mehari.audit.proof.Problem.Kind;
import dev.mehari.testing.SampleAudit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final SampleAudit audit = new SampleAudit(new Random(5));

    @Test
    void finds_nothing_wrong_with_what_was_written() throws Exception {
        audit.begin().events(3).sign().events(2).begin().events(4).sign();

        Verdict verdict = verify(reread(audit.records()), List.of());

        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.isWhole()).isTrue();
        assertThat(verdict.chains()).isEqualTo(2);
        assertThat(verdict.events()).isEqualTo(9);
        assertThat(verdict.checkpoints()).isEqualTo(2);
        assertThat(verdict.unsigned()).isEqualTo(2);
        assertThat(verdict.heads()).isEqualTo(audit.heads());
    }

    @Test
    void names_chain_and_number_of_an_event_that_is_missing() {
        audit.begin().events(3).begin().events(6).sign();
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> one instanceof ExportRecord.Event event
                && event.row().chain() == 2
                && event.row().sequence() == 4);

        Verdict verdict = verify(records, List.of());

        assertThat(verdict.problems())
                .containsExactly(new Problem(Kind.MISSING, 2, 4, 4, "chain 2: event 4 is missing"));
        assertThat(verdict.unproven()).isEqualTo(2);
    }

    @Test
    void goes_on_after_what_is_wrong_from_the_next_signature_on() {
        audit.begin().events(3).sign().events(3).sign().events(3).sign();
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> one instanceof ExportRecord.Event && SampleAudit.sequence(one) == 2);
        records.removeIf(one -> one instanceof ExportRecord.Event && SampleAudit.sequence(one) == 8);

        assertThat(verify(records, List.of()).problems())
                .extracting(Problem::first)
                .containsExactly(2L, 8L);
    }

    @Test
    void dropped_events_are_not_missing() throws Exception {
        audit.begin()
                .events(4)
                .sign()
                .drop(1, 4)
                .begin()
                .events(10)
                .sign()
                .drop(1, 5)
                .drop(7, 7);

        Verdict verdict = verify(reread(audit.records()), List.of());

        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.dropped()).isEqualTo(10);
        assertThat(verdict.droppedBy()).containsExactly(Map.entry("retention", 10L));
        assertThat(verdict.events()).isEqualTo(4);
    }

    @Test
    void a_chain_whose_start_was_lost_on_its_way_still_has_to_follow_the_one_before() {
        audit.begin().events(4).sign().begin().events(10).sign().drop(1, 5, "journal");
        List<ExportRecord> records = audit.records();

        Verdict verdict = verify(records, List.of());
        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.droppedBy()).containsExactly(Map.entry("journal", 5L));

        records.removeIf(one -> one instanceof ExportRecord.Checkpoint && SampleAudit.sequence(one) == 4);
        records.removeIf(one -> one instanceof ExportRecord.Event && SampleAudit.sequence(one) == 4);
        assertThat(verify(records, List.of()).problems())
                .extracting(Problem::kind)
                .containsExactly(Kind.BAD_ORIGIN);
    }

    @Test
    void a_chain_whose_start_was_dropped_may_follow_one_that_is_gone() {
        audit.begin().events(4).sign().drop(1, 4).begin().events(10).sign().drop(1, 5);
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> one instanceof ExportRecord.Chain chain && chain.id() == 1);
        records.removeIf(one -> one instanceof ExportRecord.Gap gap && gap.chain() == 1);

        assertThat(verify(records, List.of()).problems()).isEmpty();
    }

    @Test
    void finds_that_a_chain_was_cut_at_its_end_by_the_one_that_follows() {
        audit.begin().events(3).sign().events(3).sign().begin().events(1).sign();
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> SampleAudit.sequence(one) > 3);

        assertThat(verify(records, List.of()).problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.BAD_ORIGIN);
            assertThat(problem.what()).contains("chain 1", "after 3");
        });
    }

    @Test
    void finds_that_a_chain_is_not_there_by_the_one_that_follows() {
        audit.begin().events(3).sign().begin().events(2).sign();
        List<ExportRecord> records = audit.records();

        assertThat(verify(records.subList(5, records.size()), List.of()).problems())
                .extracting(Problem::kind, Problem::what)
                .containsExactly(tuple(Kind.MISSING, "chain 2 follows chain 1, which is not there"));
    }

    @Test
    void finds_a_chain_that_is_there_twice() {
        audit.begin().events(3).sign();
        List<ExportRecord> twice = new ArrayList<>(audit.records());
        twice.addAll(audit.records());

        assertThat(verify(twice, List.of()).problems())
                .extracting(Problem::kind, Problem::what)
                .containsExactly(tuple(Kind.OUT_OF_PLACE, "chain 1 is there twice"));
    }

    @Test
    void finds_that_what_was_signed_is_not_there() {
        audit.begin().events(3).sign();
        List<ExportRecord> records = audit.records();
        records.remove(3);

        assertThat(verify(records, List.of()).problems())
                .containsExactly(new Problem(Kind.MISSING, 1, 3, 3, "chain 1: event 3 is missing"));
    }

    @Test
    void finds_that_the_newest_chain_was_cut_by_a_head_that_was_noted() {
        audit.begin().events(3).sign().events(3).sign();
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> SampleAudit.sequence(one) > 3);

        assertThat(verify(records, List.of()).problems()).isEmpty();
        assertThat(verify(records, audit.heads()).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what())
                        .isEqualTo("chain 1: events 4 to 6 were there when the head was noted"));
    }

    @Test
    void finds_that_the_newest_chain_is_gone_by_a_head_that_was_noted() {
        audit.begin().events(3).sign();
        List<NotedHead> heads = audit.heads();

        assertThat(verify(List.of(), heads).problems())
                .extracting(Problem::kind)
                .containsExactly(Kind.MISSING);
    }

    @Test
    void trusts_no_other_key_than_the_given_one() {
        audit.begin().events(3).sign();
        TrustedKeys others = TrustedKeys.read(Base64.getEncoder()
                .encodeToString(SampleAudit.newKeys().getPublic().getEncoded()));

        assertThat(verify(audit.records(), List.of(), others).problems())
                .extracting(Problem::kind)
                .containsExactly(Kind.UNKNOWN_KEY, Kind.BAD_SIGNATURE);
        assertThat(verify(audit.records(), List.of(), TrustedKeys.ofExport()).isWhole())
                .isTrue();
    }

    @Test
    void reads_public_keys_as_pem_and_one_a_line() {
        String key = Base64.getEncoder().encodeToString(audit.publicKey());

        assertThat(TrustedKeys.read("-----BEGIN PUBLIC KEY-----\n" + key + "\n-----END PUBLIC KEY-----\n")
                        .trust(key))
                .isTrue();
        assertThat(TrustedKeys.read("\n " + key + "\n").trust(key)).isTrue();
        assertThatThrownBy(() -> TrustedKeys.read("none")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TrustedKeys.read("A".repeat(60))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void finds_events_of_a_long_time_without_a_signature() {
        audit.begin().events(1).sign();
        audit.event(1_000_000_000_000_000L).event(1_000_000_000_000_000L + 3_601_000_000L);

        assertThat(verify(audit.records(), List.of()).problems())
                .containsExactly(new Problem(Kind.UNSIGNED, 1, 2, 3, "chain 1: no signature comes after event 1"));
    }

    @Test
    void an_export_that_was_cut_off_is_found() {
        audit.begin().events(3).sign();
        Verifier verifier = new Verifier(TrustedKeys.ofExport(), List.of(), HOUR);
        audit.records().forEach(verifier::accept);

        assertThat(verifier.finish().problems()).extracting(Problem::kind).containsExactly(Kind.MISSING);
    }

    // row 64
    @Test
    void a_part_may_begin_and_end_anywhere() {
        audit.begin().events(3).sign().events(3).sign().begin().events(2).sign();
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> one instanceof ExportRecord.Event event
                && event.row().chain() == 1
                && event.row().sequence() <= 3);

        Verdict verdict = verifyPart(records);

        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.events()).isEqualTo(5);
        assertThat(verdict.unproven()).isZero();
        assertThat(verdict.heads()).isEqualTo(audit.heads());
        assertThat(verify(records, List.of()).isWhole()).isFalse();
    }

    // row 64
    @Test
    void what_is_missing_inside_a_part_is_found() {
        audit.begin().events(3).sign().events(4).sign();
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> one instanceof ExportRecord.Event
                && (SampleAudit.sequence(one) <= 3 || SampleAudit.sequence(one) == 5));

        assertThat(verifyPart(records).problems())
                .containsExactly(new Problem(Kind.MISSING, 1, 5, 5, "chain 1: event 5 is missing"));
    }

    @Test
    void a_part_without_a_signature_at_its_beginning_misses_what_was_before() {
        audit.begin().events(4).sign();
        List<ExportRecord> records = audit.records();
        records.removeIf(one -> SampleAudit.sequence(one) == 1);

        assertThat(verifyPart(records).problems()).extracting(Problem::kind).containsExactly(Kind.MISSING);
    }

    @Test
    void a_part_goes_from_chain_to_chain_and_back() {
        audit.begin().events(2).sign().begin().events(2).sign();
        List<ExportRecord> all = audit.records();
        List<ExportRecord> mixed = List.of(
                all.get(0),
                all.get(1),
                all.get(4),
                all.get(5),
                all.get(0),
                all.get(2),
                all.get(3),
                all.get(4),
                all.get(6),
                all.get(7));

        assertThat(verifyPart(mixed).problems()).isEmpty();
        assertThat(verify(mixed, List.of()).isWhole()).isFalse();
    }

    @Test
    void a_head_is_read_as_it_was_printed() {
        NotedHead head = new NotedHead(new UUID(1, 2), 7, "ab".repeat(32));

        assertThat(NotedHead.parse(head.toString())).isEqualTo(head);
        assertThatThrownBy(() -> NotedHead.parse("1:2:3")).isInstanceOf(IllegalArgumentException.class);
    }

    private Verdict verify(List<ExportRecord> records, List<NotedHead> heads) {
        return verify(records, heads, TrustedKeys.read(Base64.getEncoder().encodeToString(audit.publicKey())));
    }

    private static Verdict verify(List<ExportRecord> records, List<NotedHead> heads, TrustedKeys keys) {
        Verifier verifier = new Verifier(keys, heads, HOUR);
        records.forEach(verifier::accept);
        verifier.accept(new ExportRecord.End(records.size()));
        return verifier.finish();
    }

    private Verdict verifyPart(List<ExportRecord> records) {
        Verifier verifier = Verifier.ofPart(
                TrustedKeys.read(Base64.getEncoder().encodeToString(audit.publicKey())), List.of(), HOUR);
        records.forEach(verifier::accept);
        return verifier.finish();
    }

    private static List<ExportRecord> reread(List<ExportRecord> records) throws AuditFormatException {
        List<ExportRecord> read = new ArrayList<>();
        for (ExportRecord one : records) {
            read.add(new ExportLines().read(ExportLines.write(one)));
        }
        assertThat(read).isEqualTo(records);
        return read;
    }
}
