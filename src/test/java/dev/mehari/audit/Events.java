package dev.mehari.audit;

import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Events for tests. */
public final class Events {
    static final UUID INSTANCE = UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2");
    static final AuditKey KEY = AuditKey.of(Base64.getEncoder().encodeToString(new byte[32]));

    private Events() {}

    /** With {@code number} as its request id. */
    public static AuditEvent event(long number) {
        return new AuditEvent(
                1_800_000_000_000_000L + number,
                new AuditEvent.Request(
                        Long.toString(number), null, 7, "192.0.2.1", "POST", "/v1/é", Dialect.OPENAI, "m", true, -9),
                new AuditEvent.Way("up", 5, 1),
                new AuditEvent.Result(EndedCall.Outcome.REFUSED, 429, "queue_full"),
                new AuditEvent.Times(-1, 2, 3),
                new AuditEvent.Use(4, 5, new TokenUsage(6, 7, 8, 9, 1), true, 10));
    }

    /** A seal whose chain has just begun. */
    public static EventSeal seal() {
        return new EventSeal(new AuditChain(1, INSTANCE), EventChain.begin(INSTANCE, null), KEY, Clock.systemUTC());
    }

    /** Puts events that are refused into {@code kept}; all failures that say "refused" are refusals. */
    static RefusedEvents refusals(List<SealedEvents> kept) {
        return new RefusedEvents() {
            @Override
            public boolean isRefusal(Throwable failure) {
                return "refused".equals(failure.getMessage());
            }

            @Override
            public void keep(SealedEvents events) {
                kept.add(events);
            }
        };
    }

    /** Events from {@code first} to {@code last}. */
    public static List<AuditEvent> range(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(Events::event).toList();
    }
}
