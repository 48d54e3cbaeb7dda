package dev.mehari.credential;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** When this instance last sent a person's message with each credential, and until when turns are taken. For any thread. */
final class LocalGaps {
    private final ConcurrentMap<Long, Line> lines = new ConcurrentHashMap<>();

    Line of(long credential) {
        return lines.computeIfAbsent(credential, unused -> new Line());
    }

    /** The turns of one credential; all times in nanoseconds of one clock. */
    static final class Line {
        private boolean hasTurns;
        private long free;
        private boolean hasSent;
        private long sent;

        /** When the next turn may be had: {@code wanted}, or when the turns taken before are over. */
        synchronized long nextFrom(long wanted) {
            return hasTurns && free - wanted > 0 ? free : wanted;
        }

        /** Takes the next turn, not before {@code wanted}; returns its time. */
        synchronized long take(long wanted, long gap) {
            long turn = nextFrom(wanted);
            hasTurns = true;
            free = turn + gap;
            return turn;
        }

        /** Somebody else gave the turn at {@code turn}; those that are taken here come after it. */
        synchronized void reserved(long turn, long gap) {
            if (!hasTurns || turn + gap - free > 0) {
                hasTurns = true;
                free = turn + gap;
            }
        }

        /** Zero when a message is sent {@code now}, which counts from now on; else how long it is still too early. */
        synchronized long send(long now, long gap) {
            long early = hasSent ? sent + gap - now : 0;
            if (early > 0) {
                return early;
            }
            hasSent = true;
            sent = now;
            return 0;
        }
    }
}
