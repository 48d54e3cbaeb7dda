package dev.mehari.audit;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Joins events to the chain of this start and signs its head. For one thread. */
public final class EventSeal {
    private final AuditChain chain;
    private final EventChain links;
    private final AuditKey key;
    private final Clock clock;

    /**
     * Goes on with a chain.
     *
     * @param links of {@code chain}, as far as it has come
     */
    public EventSeal(AuditChain chain, EventChain links, AuditKey key, Clock clock) {
        this.chain = chain;
        this.links = links;
        this.key = key;
        this.clock = clock;
    }

    /** Appends {@code events}, one at least, in their order. */
    public SealedEvents seal(List<AuditEvent> events) {
        long first = links.sequence() + 1;
        byte[] before = links.head();
        long[] shortened = new long[events.size()];
        for (int i = 0; i < shortened.length; i++) {
            links.add(events.get(i));
            shortened[i] = links.shortHead();
        }
        byte[] head = links.head();
        byte[] signature = key.sign(Checkpoint.signed(chain.instance(), links.sequence(), head));
        return new SealedEvents(
                chain,
                first,
                before,
                events,
                shortened,
                new Checkpoint(links.sequence(), head, signature, micros(clock)));
    }

    /** Gives numbers to {@code count} events, one at least, that are lost. */
    DroppedEvents skip(long count, DroppedEvents.Reason reason) {
        long first = links.sequence() + 1;
        byte[] before = links.head();
        links.skip(count);
        return new DroppedEvents(chain, first, links.sequence(), before, links.head(), reason);
    }

    static long micros(Clock clock) {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
