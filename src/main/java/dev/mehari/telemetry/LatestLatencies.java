package dev.mehari.telemetry;

import java.util.ArrayDeque;
import java.util.Deque;
import org.HdrHistogram.Histogram;

/**
 * Latencies of about the last minute, in pieces as they are read. A piece that began less than five seconds ago takes in what
 * comes next; one that ended more than a minute ago is dropped. Costs calls nothing. Not thread-safe.
 */
final class LatestLatencies {
    private static final int PIECE_SECONDS = 5;
    private static final int SECONDS = 60;
    private static final double MICROS = 1000;

    /** What ended after {@code began} and up to {@code ended}, in seconds. */
    private static final class Piece {
        final long began;
        final Histogram micros;
        long ended;

        Piece(long began, Histogram micros) {
            this.began = began;
            this.micros = micros;
        }
    }

    private final Deque<Piece> pieces = new ArrayDeque<>();
    private long lastRead;
    private boolean wasRead;

    /** What has been recorded since the last time. */
    void add(Histogram micros, long second) {
        Piece latest = pieces.peekLast();
        if (latest == null || second - latest.began >= PIECE_SECONDS) {
            latest = new Piece(wasRead ? lastRead : second, micros);
            pieces.addLast(latest);
        } else {
            latest.micros.add(micros);
        }
        latest.ended = second;
        lastRead = second;
        wasRead = true;
        while (second - pieces.getFirst().ended > SECONDS) {
            pieces.removeFirst();
        }
    }

    /** Of all pieces that are left; after {@link #add}. */
    LastMinute.Latency over(long second) {
        Piece first = pieces.getFirst();
        Histogram all = first.micros.copy();
        pieces.stream().skip(1).forEach(piece -> all.add(piece.micros));
        long seconds = Math.max(1, second - first.began);
        return all.getTotalCount() == 0
                ? new LastMinute.Latency(seconds, 0, 0, 0, 0, 0)
                : new LastMinute.Latency(
                        seconds,
                        all.getTotalCount(),
                        all.getValueAtPercentile(50) / MICROS,
                        all.getValueAtPercentile(95) / MICROS,
                        all.getValueAtPercentile(99) / MICROS,
                        all.getMaxValue() / MICROS);
    }
}
