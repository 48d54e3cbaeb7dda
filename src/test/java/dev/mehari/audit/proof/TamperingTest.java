package dev.mehari.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditJson;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.EventChain;
import dev.mehari.testing.SampleAudit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whoever can write to the table, but has not the gateway's private key, is always found out; and nobody else. */
class TamperingTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int TRIES = 300;

    /** Ways to tamper with records; each is given the place of some event among them. */
    private enum Way {
        CHANGE,
        CHANGE_LINK,
        CHANGE_AND_LINK_ANEW,
        CHANGE_AND_LINK_ALL_ANEW,
        REMOVE,
        REMOVE_AND_NUMBER_ANEW,
        SWAP_LINES,
        SWAP_CONTENTS,
        DOUBLE,
        DOUBLE_OTHERWISE,
        ADD_AND_NUMBER_ANEW,
        MOVE_TO_ANOTHER_CHAIN,
        CUT_END_OF_CHAIN,
        CUT_START_OF_CHAIN,
        REMOVE_CHAIN,
        RENAME_INSTANCE,
        CHANGE_FIRST_LINK,
        SAY_THAT_IT_WAS_DROPPED,
        SIGN_WITH_ANOTHER_KEY
    }

    // row 64
    @Property(tries = TRIES)
    void tampering_is_found(@ForAll long seed, @ForAll Way way) {
        Random random = new Random(seed);
        SampleAudit audit = some(random);
        List<ExportRecord> records = audit.records();
        List<Integer> events = places(records, ExportRecord.Event.class);
        int at = events.get(random.nextInt(events.size()));

        tamper(records, way, at, random);

        assertThat(verify(records, audit).problems()).as("%s at %s", way, at).isNotEmpty();
    }

    // row 64
    @Property(tries = TRIES)
    void up_to_the_newest_signature_nobody_has_to_note_heads(@ForAll long seed, @ForAll Way way) {
        Random random = new Random(seed);
        SampleAudit audit = endingSigned(random);
        List<ExportRecord> records = audit.records();
        List<Integer> events = places(records, ExportRecord.Event.class);
        if (way == Way.CUT_END_OF_CHAIN || way == Way.CUT_START_OF_CHAIN || way == Way.REMOVE_CHAIN) {
            // Whoever does that to all of the newest chain leaves no trace of it.
            events.removeIf(place -> chain(records.get(place)) == audit.chains());
        }
        int at = events.get(random.nextInt(events.size()));

        tamper(records, way, at, random);

        assertThat(verify(records, audit, List.of()).problems())
                .as("%s at %s", way, at)
                .isNotEmpty();
    }

    // row 64
    @Example
    void no_field_of_an_event_can_be_changed() {
        SampleAudit audit = new SampleAudit(new Random(7)).begin().events(20).sign();
        List<ExportRecord> written = audit.records();
        for (int at : places(written, ExportRecord.Event.class)) {
            AuditRow row = row(written.get(at));
            for (String field : fields(row.event())) {
                List<ExportRecord> records = audit.records();
                records.set(at, event(row, changed(row.event(), field), row.link()));

                assertThat(verify(records, audit, List.of()).problems())
                        .as(field)
                        .hasSize(1);
            }
        }
    }

    @Property(tries = TRIES)
    void nothing_is_wrong_with_what_nobody_touched(@ForAll long seed) {
        SampleAudit audit = some(new Random(seed));

        assertThat(verify(audit.records(), audit).problems()).isEmpty();
    }

    /** A few chains, signed in some places, and the newest one at its end. */
    private static SampleAudit endingSigned(Random random) {
        SampleAudit audit = new SampleAudit(random);
        for (int chain = 2 + random.nextInt(3); chain > 0; chain--) {
            audit.begin();
            for (int part = 1 + random.nextInt(3); part > 0; part--) {
                audit.events(1 + random.nextInt(4));
                if ((part == 1 && chain == 1) || random.nextBoolean()) {
                    audit.sign();
                }
            }
        }
        return audit;
    }

    /** A few chains with signatures and dropped events wherever chance puts them; every chain keeps an event. */
    private static SampleAudit some(Random random) {
        SampleAudit audit = new SampleAudit(random);
        int chains = 2 + random.nextInt(3);
        for (int chain = 0; chain < chains; chain++) {
            audit.begin();
            int last = 0;
            for (int part = 1 + random.nextInt(4); part > 0; part--) {
                int more = 1 + random.nextInt(5);
                audit.events(more);
                last += more;
                if (random.nextInt(3) > 0) {
                    audit.sign();
                }
            }
            if (last > 2 && random.nextInt(3) == 0) {
                int first = 1 + random.nextInt(last - 1);
                audit.drop(first, first + random.nextInt(last - first));
            }
        }
        return audit;
    }

    private static Verdict verify(List<ExportRecord> records, SampleAudit audit) {
        return verify(records, audit, audit.heads());
    }

    private static Verdict verify(List<ExportRecord> records, SampleAudit audit, List<NotedHead> noted) {
        Verifier verifier = new Verifier(
                TrustedKeys.read(Base64.getEncoder().encodeToString(audit.publicKey())), noted, Duration.ofHours(1));
        records.forEach(verifier::accept);
        verifier.accept(new ExportRecord.End(records.size()));
        return verifier.finish();
    }

    private static void tamper(List<ExportRecord> records, Way way, int at, Random random) {
        AuditRow row = row(records.get(at));
        int chain = row.chain();
        switch (way) {
            case CHANGE -> records.set(at, event(row, changed(row.event(), random), row.link()));
            case CHANGE_LINK -> records.set(at, event(row, row.event(), row.link() ^ (1L << random.nextInt(64))));
            case CHANGE_AND_LINK_ANEW -> {
                records.set(at, event(row, changed(row.event(), random), row.link()));
                link(records, chain, false);
            }
            case CHANGE_AND_LINK_ALL_ANEW -> {
                records.set(at, event(row, changed(row.event(), random), row.link()));
                link(records, chain, true);
            }
            case REMOVE -> records.remove(at);
            case REMOVE_AND_NUMBER_ANEW -> {
                records.remove(at);
                renumber(records, chain, row.sequence(), -1);
                link(records, chain, true);
            }
            case SWAP_LINES -> {
                int other = another(records, at, random);
                ExportRecord moved = records.get(other);
                records.set(other, records.get(at));
                records.set(at, moved);
            }
            case SWAP_CONTENTS -> {
                int other = another(records, at, random);
                AuditRow with = row(records.get(other));
                records.set(at, event(row, with.event(), row.link()));
                records.set(other, event(with, row.event(), with.link()));
            }
            case DOUBLE -> records.add(at + random.nextInt(records.size() - at + 1), records.get(at));
            case DOUBLE_OTHERWISE -> records.add(at, event(row, changed(row.event(), random), row.link()));
            case ADD_AND_NUMBER_ANEW -> {
                renumber(records, chain, row.sequence() - 1, 1);
                records.add(at, event(row, changed(row.event(), random), row.link()));
                link(records, chain, true);
            }
            case MOVE_TO_ANOTHER_CHAIN ->
                records.set(
                        at,
                        new ExportRecord.Event(
                                new AuditRow(chain == 1 ? 2 : 1, row.sequence(), row.link(), row.event())));
            case CUT_END_OF_CHAIN ->
                records.removeIf(one -> chain(one) == chain
                        && !(one instanceof ExportRecord.Chain)
                        && SampleAudit.sequence(one) >= row.sequence());
            case CUT_START_OF_CHAIN ->
                records.removeIf(one -> chain(one) == chain
                        && !(one instanceof ExportRecord.Chain)
                        && SampleAudit.sequence(one) <= row.sequence());
            case REMOVE_CHAIN -> records.removeIf(one -> chain(one) == chain);
            case RENAME_INSTANCE -> {
                ExportRecord.Chain was = head(records, chain);
                records.set(
                        records.indexOf(was),
                        new ExportRecord.Chain(
                                was.id(),
                                new UUID(random.nextLong(), random.nextLong()),
                                was.previous(),
                                was.firstLink(),
                                was.publicKey(),
                                was.startedAt()));
            }
            case CHANGE_FIRST_LINK -> {
                ExportRecord.Chain was = head(records, chain);
                byte[] link = HEX.parseHex(was.firstLink());
                link[random.nextInt(link.length)] ^= 1;
                records.set(
                        records.indexOf(was),
                        new ExportRecord.Chain(
                                was.id(),
                                was.instance(),
                                was.previous(),
                                HEX.formatHex(link),
                                was.publicKey(),
                                was.startedAt()));
                link(records, chain, true);
            }
            case SAY_THAT_IT_WAS_DROPPED -> {
                SampleAudit forger = new SampleAudit(random);
                ExportRecord.Chain of = head(records, chain);
                EventChain links = linksBefore(records, chain, row.sequence());
                byte[] before = links.head();
                links.add(row.event());
                byte[] after = links.head();
                byte[] signature = forger.sign(
                        SignedBytes.ofGap(of.instance(), row.sequence(), row.sequence(), before, after, "retention"));
                String key = Base64.getEncoder().encodeToString(forger.publicKey());
                records.set(
                        at,
                        new ExportRecord.Gap(
                                chain,
                                row.sequence(),
                                row.sequence(),
                                HEX.formatHex(before),
                                HEX.formatHex(after),
                                "retention",
                                random.nextBoolean() ? key : of.publicKey(),
                                Base64.getEncoder().encodeToString(signature)));
            }
            case SIGN_WITH_ANOTHER_KEY -> {
                records.set(at, event(row, changed(row.event(), random), row.link()));
                SampleAudit forger = new SampleAudit(random);
                String key = Base64.getEncoder().encodeToString(forger.publicKey());
                ExportRecord.Chain was = head(records, chain);
                records.set(
                        records.indexOf(was),
                        new ExportRecord.Chain(
                                was.id(), was.instance(), was.previous(), was.firstLink(), key, was.startedAt()));
                link(records, chain, true);
            }
        }
    }

    /** The links of a chain as far as before its event number {@code sequence}. */
    private static EventChain linksBefore(List<ExportRecord> records, int chain, long sequence) {
        EventChain links = EventChain.at(HEX.parseHex(head(records, chain).firstLink()), 0);
        for (ExportRecord one : records) {
            if (chain(one) == chain && SampleAudit.sequence(one) < sequence) {
                if (one instanceof ExportRecord.Event event) {
                    links.add(event.row().event());
                } else if (one instanceof ExportRecord.Gap gap) {
                    links = EventChain.at(HEX.parseHex(gap.after()), gap.last());
                }
            }
        }
        return links;
    }

    /** Computes the links of a chain anew; with heads of its checkpoints, whose signatures stay as they are. */
    private static void link(List<ExportRecord> records, int chain, boolean alsoHeads) {
        EventChain links = EventChain.at(HEX.parseHex(head(records, chain).firstLink()), 0);
        for (int i = 0; i < records.size(); i++) {
            ExportRecord one = records.get(i);
            if (chain(one) != chain) {
                continue;
            }
            if (one instanceof ExportRecord.Event event) {
                links = EventChain.at(links.head(), event.row().sequence() - 1);
                links.add(event.row().event());
                records.set(i, event(event.row(), event.row().event(), links.shortHead()));
            } else if (one instanceof ExportRecord.Gap gap) {
                links = EventChain.at(HEX.parseHex(gap.after()), gap.last());
            } else if (alsoHeads && one instanceof ExportRecord.Checkpoint checkpoint) {
                records.set(
                        i,
                        new ExportRecord.Checkpoint(
                                chain, checkpoint.sequence(), HEX.formatHex(links.head()), checkpoint.signature()));
            }
        }
    }

    private static void renumber(List<ExportRecord> records, int chain, long after, int by) {
        records.replaceAll(one -> {
            if (chain(one) != chain || SampleAudit.sequence(one) <= after) {
                return one;
            }
            if (one instanceof ExportRecord.Event event) {
                AuditRow row = event.row();
                return new ExportRecord.Event(new AuditRow(chain, row.sequence() + by, row.link(), row.event()));
            }
            return one instanceof ExportRecord.Checkpoint checkpoint
                    ? new ExportRecord.Checkpoint(
                            chain, checkpoint.sequence() + by, checkpoint.head(), checkpoint.signature())
                    : one;
        });
    }

    /** The same call, but for one of its fields. */
    private static AuditEvent changed(AuditEvent event, Random random) {
        List<String> fields = fields(event);
        return changed(event, fields.get(random.nextInt(fields.size())));
    }

    private static List<String> fields(AuditEvent event) {
        List<String> fields = new ArrayList<>();
        AuditJson.of(new AuditRow(1, 1, 0, event)).fieldNames().forEachRemaining(fields::add);
        fields.removeAll(List.of("chain", "sequence", "link"));
        return fields;
    }

    private static AuditEvent changed(AuditEvent event, String field) {
        ObjectNode json = AuditJson.of(new AuditRow(1, 1, 0, event));
        String text = json.path(field).asText();
        switch (field) {
            case "at" -> json.put(field, AuditJson.time(event.atMicros() + 1));
            case "dialect" -> json.put(field, text.equals("plain") ? "openai" : "plain");
            case "outcome" -> json.put(field, text.equals("cancelled") ? "success" : "cancelled");
            case "cost" -> json.put(field, AuditJson.dollars(event.use().nanoDollars() + 1));
            case "conversation" ->
                json.put(field, HEX.toHexDigits(event.request().conversation() + 1));
            case "stream", "estimated" -> json.put(field, !json.path(field).booleanValue());
            case "key_id", "credential_id" -> json.put(field, Long.toString(Long.parseLong(text) + 1));
            case "request_id", "method", "path" -> json.put(field, text + "x");
            case "trace_id", "client", "model", "upstream", "reason" ->
                json.put(field, json.path(field).isNull() ? "" : null);
            default -> json.put(field, json.path(field).asLong() + 1);
        }
        return AuditJson.read(json).event();
    }

    private static int another(List<ExportRecord> records, int at, Random random) {
        List<Integer> events = places(records, ExportRecord.Event.class);
        events.remove((Integer) at);
        return events.get(random.nextInt(events.size()));
    }

    private static List<Integer> places(List<ExportRecord> records, Class<? extends ExportRecord> type) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            if (type.isInstance(records.get(i))) {
                places.add(i);
            }
        }
        return places;
    }

    private static ExportRecord event(AuditRow row, AuditEvent event, long link) {
        return new ExportRecord.Event(new AuditRow(row.chain(), row.sequence(), link, event));
    }

    private static AuditRow row(ExportRecord one) {
        return ((ExportRecord.Event) one).row();
    }

    private static ExportRecord.Chain head(List<ExportRecord> records, int chain) {
        return records.stream()
                .filter(one -> one instanceof ExportRecord.Chain && chain(one) == chain)
                .map(ExportRecord.Chain.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static int chain(ExportRecord one) {
        if (one instanceof ExportRecord.Chain chain) {
            return chain.id();
        }
        if (one instanceof ExportRecord.Event event) {
            return event.row().chain();
        }
        return one instanceof ExportRecord.Gap gap ? gap.chain() : ((ExportRecord.Checkpoint) one).chain();
    }
}
