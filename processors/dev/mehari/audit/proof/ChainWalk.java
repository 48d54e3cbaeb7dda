package dev.mehari.audit.proof;

import dev.mehari.audit.AuditRow;
import dev.mehari.audit.Checkpoint;
import dev.mehari.audit.EventChain;
import dev.mehari.audit.proof.Problem.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows one chain from its beginning. The links are computed anew from event to event. After an event that is missing or not
 * what was written they are lost, until a checkpoint or a gap with a good signature says how to go on; the events between
 * are told as unproven. Of a part, a chain may also begin with a signature. For one thread.
 */
final class ChainWalk {
    private static final HexFormat HEX = HexFormat.of();

    private final ExportRecord.Chain chain;
    private final TrustedKeys keys;
    private final List<NotedHead> noted;
    private final Duration longestUnsigned;
    private final boolean part;
    private final Findings findings;

    /** Null while the links are lost. */
    private @Nullable EventChain links;

    private long last;
    private long lastSigned;
    /** Number of the event that did not fit its link; 0 when the one before this did. */
    private long misfit;

    private boolean startElsewhere;
    private long unsignedSince;
    private long newest;

    ChainWalk(
            ExportRecord.Chain chain,
            TrustedKeys keys,
            List<NotedHead> noted,
            Duration longestUnsigned,
            boolean part,
            Findings findings) {
        this.chain = chain;
        this.keys = keys;
        this.noted = noted.stream()
                .filter(head -> head.instance().equals(chain.instance()))
                .toList();
        this.longestUnsigned = longestUnsigned;
        this.part = part;
        this.findings = findings;
        links = EventChain.at(HEX.parseHex(chain.firstLink()), 0);
        if (!keys.trust(chain.publicKey())) {
            problem(Kind.UNKNOWN_KEY, 0, 0, "is signed with a key that is none of those given");
        }
    }

    void event(AuditRow row) {
        if (!isNext(row.sequence())) {
            return;
        }
        newest = row.event().atMicros();
        if (last == lastSigned + 1) {
            unsignedSince = newest;
        }
        if (links == null) {
            findings.unproven++;
            return;
        }
        links.add(row.event());
        if (links.shortHead() == row.link()) {
            misfit = 0;
        } else if (misfit == 0) {
            misfit = last;
            problem(Kind.CHANGED, last, last, "event " + last + " is not what was written");
        } else {
            // Told already: what changed the event before has changed all links from there on.
            findings.unproven++;
            links = null;
            misfit = 0;
        }
        compareNoted();
    }

    void broken(long sequence, String why) {
        if (isNext(sequence)) {
            problem(Kind.CHANGED, sequence, sequence, "event " + sequence + " is not what was written: " + why);
            links = null;
        }
    }

    // Counts the event; false for one that should not come here.
    private boolean isNext(long sequence) {
        if (sequence <= last) {
            problem(Kind.OUT_OF_PLACE, sequence, sequence, "event " + sequence + " comes after event " + last);
            return false;
        }
        if (sequence > last + 1) {
            missing(sequence - 1);
        }
        last = sequence;
        return true;
    }

    private void missing(long to) {
        long from = last + 1;
        String which = from == to ? "event " + from + " is" : "events " + from + " to " + to + " are";
        problem(Kind.MISSING, from, to, which + " missing");
        last = to;
        links = null;
        misfit = 0;
    }

    void checkpoint(ExportRecord.Checkpoint checkpoint) {
        long sequence = checkpoint.sequence();
        if (sequence < last) {
            problem(Kind.OUT_OF_PLACE, sequence, sequence, "checkpoint " + sequence + " comes after event " + last);
            return;
        }
        if (part && last == 0) {
            startElsewhere = true;
            last = sequence;
            links = null;
        } else if (sequence > last) {
            missing(sequence);
        }
        byte[] head = HEX.parseHex(checkpoint.head());
        byte[] signed = Checkpoint.signed(chain.instance(), sequence, head);
        if (!keys.verify(chain.publicKey(), signed, checkpoint.signature())) {
            problem(Kind.BAD_SIGNATURE, sequence, sequence, "the signature at " + sequence + " is not the gateway's");
            return;
        }
        goOnFrom(head, "up to the signature at " + sequence);
    }

    void gap(ExportRecord.Gap gap) {
        if (gap.first() <= last || gap.last() < gap.first()) {
            problem(Kind.OUT_OF_PLACE, gap.first(), gap.last(), "what was dropped comes after event " + last);
            return;
        }
        if (gap.first() > last + 1) {
            missing(gap.first() - 1);
        }
        byte[] before = HEX.parseHex(gap.before());
        byte[] after = HEX.parseHex(gap.after());
        byte[] signed = SignedBytes.ofGap(chain.instance(), gap.first(), gap.last(), before, after, gap.reason());
        if (!keys.verify(gap.publicKey(), signed, gap.signature())) {
            problem(
                    Kind.BAD_SIGNATURE,
                    gap.first(),
                    gap.last(),
                    "that events " + gap.first() + " to " + gap.last() + " were dropped is not signed by the gateway");
            missing(gap.last());
            return;
        }
        startElsewhere |= gap.first() == 1 && gap.reason().equals(ExportRecord.Gap.RETENTION);
        findings.dropped(gap.reason(), gap.last() - gap.first() + 1);
        goOnFrom(before, "up to what was dropped");
        last = gap.last();
        lastSigned = last;
        links = EventChain.at(after, last);
        compareNoted();
    }

    /** A head that is known to be the chain's here, whatever was computed. */
    private void goOnFrom(byte[] head, String upTo) {
        if (links != null && !Arrays.equals(links.head(), head) && misfit == 0) {
            problem(
                    Kind.CHANGED,
                    lastSigned + 1,
                    last,
                    "events from " + (lastSigned + 1) + " " + upTo + " are not what was written");
        }
        misfit = 0;
        lastSigned = last;
        links = EventChain.at(head, last);
        compareNoted();
    }

    private void compareNoted() {
        for (NotedHead head : noted) {
            if (links != null
                    && head.sequence() == last
                    && !HEX.formatHex(links.head()).equals(head.head())) {
                problem(Kind.CHANGED, last, last, "is not as it was when its head at " + last + " was noted");
            }
        }
    }

    /** Nothing of this chain comes any more. */
    void end() {
        findings.unsigned += last - lastSigned;
        for (NotedHead head : noted) {
            if (head.sequence() > last) {
                problem(
                        Kind.MISSING,
                        last + 1,
                        head.sequence(),
                        "events " + (last + 1) + " to " + head.sequence() + " were there when the head was noted");
            }
        }
        if (last > lastSigned && newest - unsignedSince > TimeUnit.SECONDS.toMicros(longestUnsigned.toSeconds())) {
            problem(Kind.UNSIGNED, lastSigned + 1, last, "no signature comes after event " + lastSigned);
        }
        String head = head();
        if (head != null) {
            findings.head(new NotedHead(chain.instance(), last, head));
        }
    }

    /** The last link as hex digits; null while it is not known. */
    @Nullable
    String head() {
        return links == null || misfit != 0 ? null : HEX.formatHex(links.head());
    }

    long last() {
        return last;
    }

    long lastSigned() {
        return lastSigned;
    }

    /** True when the first events were dropped by rule, or are in another part: then it need not fit the chain before. */
    boolean isStartElsewhere() {
        return startElsewhere;
    }

    ExportRecord.Chain chain() {
        return chain;
    }

    private void problem(Kind kind, long first, long lastOne, String what) {
        findings.problem(kind, chain.id(), first, lastOne, "chain " + chain.id() + ": " + what);
    }
}
