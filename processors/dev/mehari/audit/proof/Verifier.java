package dev.mehari.audit.proof;

import dev.mehari.audit.EventChain;
import dev.mehari.audit.proof.Problem.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Checks that an audit is whole and as it was written, from the records of an export, one after the other, in memory that does
 * not grow with the number of events.
 *
 * <p>Every link is computed anew and must be the one kept beside its event; every checkpoint must bear a good signature over
 * the link computed; every chain must begin with the last link of the one before. Whoever changes, removes, adds or moves an
 * event without the gateway's private key breaks one of these, with one exception: events behind the last signature of the
 * newest chain of an instance. They are told as unsigned; a head that was noted before shows whether they are all there.
 *
 * <p>Events that were dropped by rule, or lost on their way to the table, leave a signed record of the links before and after
 * them, and are not missing.
 *
 * <p>A part of the audit, which a sink writes as events come, may begin and end anywhere, and goes from chain to chain and back:
 * then what is missing is found between the first and the last line of a chain, and before a head that was noted. For one thread.
 */
public final class Verifier {
    private static final HexFormat HEX = HexFormat.of();

    private final TrustedKeys keys;
    private final List<NotedHead> noted;
    private final Duration longestUnsigned;
    private final boolean part;
    private final Findings findings = new Findings();
    private final Map<Integer, End> ended = new HashMap<>();
    private final Map<UUID, Integer> instances = new HashMap<>();
    /** By id, in their order; of a whole export it is one at most. */
    private final Map<Integer, ChainWalk> open = new LinkedHashMap<>();

    private @Nullable ChainWalk walk;
    private long records;
    private boolean complete;

    /** How a chain has ended. */
    private record End(long last, long lastSigned, @Nullable String head) {}

    /**
     * A verifier of one whole export.
     *
     * @param noted heads from earlier
     * @param longestUnsigned from the first to the last event behind a chain's last signature; more is a problem
     */
    public Verifier(TrustedKeys keys, List<NotedHead> noted, Duration longestUnsigned) {
        this(keys, noted, longestUnsigned, false);
    }

    private Verifier(TrustedKeys keys, List<NotedHead> noted, Duration longestUnsigned, boolean part) {
        this.keys = keys;
        this.noted = List.copyOf(noted);
        this.longestUnsigned = longestUnsigned;
        this.part = part;
    }

    /** A verifier of a part of the audit, in the order in which it was written. */
    public static Verifier ofPart(TrustedKeys keys, List<NotedHead> noted, Duration longestUnsigned) {
        return new Verifier(keys, noted, longestUnsigned, true);
    }

    /** The next record. */
    public void accept(ExportRecord next) {
        if (complete) {
            findings.problem(Kind.OUT_OF_PLACE, 0, 0, 0, "there is more after the end of the export");
            complete = false;
        }
        if (next instanceof ExportRecord.End end) {
            if (part) {
                return;
            }
            complete = true;
            if (end.records() != records) {
                findings.problem(
                        Kind.MISSING, 0, 0, 0, "the export has " + records + " records where it had " + end.records());
            }
            return;
        }
        records++;
        if (next instanceof ExportRecord.Chain chain) {
            begin(chain);
        } else if (next instanceof ExportRecord.Event event) {
            findings.events++;
            ChainWalk of = of(event.row().chain(), event.row().sequence());
            if (of != null) {
                of.event(event.row());
            }
        } else if (next instanceof ExportRecord.Broken broken) {
            findings.events++;
            ChainWalk of = of(broken.chain(), broken.sequence());
            if (of != null) {
                of.broken(broken.sequence(), broken.why());
            }
        } else if (next instanceof ExportRecord.Checkpoint checkpoint) {
            findings.checkpoints++;
            ChainWalk of = of(checkpoint.chain(), checkpoint.sequence());
            if (of != null) {
                of.checkpoint(checkpoint);
            }
        } else if (next instanceof ExportRecord.Gap gap) {
            ChainWalk of = of(gap.chain(), gap.first());
            if (of != null) {
                of.gap(gap);
            }
        }
    }

    /** A line that is no record. */
    public void unreadable(long line, String why) {
        records++;
        findings.problem(Kind.UNREADABLE, 0, 0, 0, "line " + line + " says nothing: " + why);
    }

    /** What was found; call it last. */
    public Verdict finish() {
        endOfChains();
        if (!complete && !part) {
            findings.problem(Kind.MISSING, 0, 0, 0, "the export has no end: it was cut off");
        }
        for (NotedHead head : noted) {
            if (!instances.containsKey(head.instance())) {
                findings.problem(
                        Kind.MISSING,
                        0,
                        0,
                        0,
                        "the chain of " + head.instance() + ", whose head was noted, is not there");
            }
        }
        return findings.verdict();
    }

    private void begin(ExportRecord.Chain chain) {
        ChainWalk known = open.get(chain.id());
        if (part && known != null && known.chain().equals(chain)) {
            walk = known;
            return;
        }
        if (!part) {
            endOfChains();
        }
        findings.chains++;
        boolean again = known != null
                || ended.containsKey(chain.id())
                || instances.putIfAbsent(chain.instance(), chain.id()) != null;
        if (again) {
            findings.problem(Kind.OUT_OF_PLACE, chain.id(), 0, 0, "chain " + chain.id() + " is there twice");
        }
        ChainWalk begun = new ChainWalk(chain, keys, noted, longestUnsigned, part, findings);
        open.put(chain.id(), begun);
        walk = begun;
    }

    private @Nullable ChainWalk of(int chain, long sequence) {
        ChainWalk current = walk;
        if (current != null && current.chain().id() == chain) {
            return current;
        }
        findings.problem(
                Kind.OUT_OF_PLACE,
                chain,
                sequence,
                sequence,
                "chain " + chain + ": record " + sequence + " is not among those of its chain");
        return null;
    }

    private void endOfChains() {
        walk = null;
        for (ChainWalk one : open.values()) {
            one.end();
            if (!one.isStartElsewhere()) {
                checkOrigin(one.chain());
            }
            ended.put(one.chain().id(), new End(one.last(), one.lastSigned(), one.head()));
        }
        open.clear();
    }

    private void checkOrigin(ExportRecord.Chain chain) {
        Integer previous = chain.previous();
        if (part && previous != null) {
            // The head that a start goes on from is read from the table, which other sinks leave empty.
            return;
        }
        End before = previous == null ? null : ended.get(previous);
        if (previous != null && before == null) {
            findings.problem(
                    Kind.MISSING,
                    previous,
                    0,
                    0,
                    "chain " + chain.id() + " follows chain " + previous + ", which is not there");
            return;
        }
        if (before != null && before.head() == null) {
            // What is wrong with that chain has been told, and nothing is known of its end.
            return;
        }
        String head = before == null ? null : before.head();
        byte[] origin = EventChain.begin(chain.instance(), head == null ? null : HEX.parseHex(head))
                .head();
        if (HEX.formatHex(origin).equals(chain.firstLink())) {
            return;
        }
        if (before == null) {
            findings.problem(
                    Kind.BAD_ORIGIN, chain.id(), 0, 0, "chain " + chain.id() + " does not begin where it says");
        } else {
            findings.problem(
                    Kind.BAD_ORIGIN,
                    chain.id(),
                    0,
                    0,
                    "chain " + chain.id() + " does not follow chain " + previous
                            + " as that one is: events at its end, after " + before.lastSigned()
                            + ", are missing or changed");
        }
    }
}
