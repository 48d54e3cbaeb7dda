package dev.mehari.cli.monitor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a watcher knows: the latest reading, those of the last minute, and since when there was no answer. One thread. */
final class Watch {
    private static final int SECONDS = 60;
    private static final long NANOS = 1_000_000_000L;
    /** A single slow answer is not worth a word. */
    private static final long SILENT_SECONDS = 2;

    private static final long NOTHING = -1;

    private final Deque<Long> concurrency = new ArrayDeque<>();
    private final Deque<Long> queue = new ArrayDeque<>();
    private Reading latest;
    private long answeredNanos;
    private String failure = "";

    Watch(Reading first, long nanos) {
        latest = first;
        answered(first, nanos);
    }

    void answered(Reading reading, long nanos) {
        latest = reading;
        answeredNanos = nanos;
        failure = "";
        remember(concurrency, reading.active());
        remember(queue, reading.waiting());
    }

    void unanswered(String why) {
        failure = why.replaceAll("\\p{C}", " ");
        remember(concurrency, NOTHING);
        remember(queue, NOTHING);
    }

    private static void remember(Deque<Long> values, long value) {
        values.addLast(value);
        if (values.size() > SECONDS) {
            values.removeFirst();
        }
    }

    Reading latest() {
        return latest;
    }

    /** Permits in use each time it was asked, the oldest first; negative where there was no answer. */
    List<Long> concurrency() {
        return List.copyOf(concurrency);
    }

    /** Calls that waited, likewise. */
    List<Long> queue() {
        return List.copyOf(queue);
    }

    /** Why there was no answer the last time; empty when there was. */
    String failure() {
        return failure;
    }

    /** How long there has been no answer; null while there is. */
    @Nullable
    Long silentSeconds(long nanos) {
        long seconds = (nanos - answeredNanos) / NANOS;
        return failure.isEmpty() && seconds <= SILENT_SECONDS ? null : Long.valueOf(seconds);
    }
}
