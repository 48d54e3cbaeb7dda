package dev.mehari.credential;

import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of an upstream's credentials is next: of the usable ones of the lowest priority number that has any, the one that the
 * upstream's {@link Choice} says. Remembers turns; what weights owe is with the credentials. Guarded by the group's lock.
 */
final class CredentialChoice {
    private final String upstream;
    private final Rotation rotation = new Rotation();
    /** Used within {@link #among} only. */
    private LiveCredential[] usable = {};

    private boolean rotates;
    private long usedTurn = Place.NONE;

    CredentialChoice(String upstream) {
        this.upstream = upstream;
    }

    Rotation rotation() {
        return rotation;
    }

    /** True when the last call was chosen for by turns. */
    boolean rotates() {
        return rotates;
    }

    /** The turn of which the last {@link #among} has used one call; {@link Place#NONE} for none. */
    long usedTurn() {
        return usedTurn;
    }

    /**
     * One of the usable ones of the lowest priority that has any; null when there is none, or none to go with now.
     *
     * @param members by priority, then id
     * @param not one that is not to be chosen
     * @param outlook what the others are not usable for
     */
    @Nullable
    LiveCredential among(
            LiveCredential[] members, UpstreamOptions options, Ask ask, @Nullable LiveCredential not, Outlook outlook) {
        usedTurn = Place.NONE;
        rotates = options.choice() == Choice.ROTATION;
        if (usable.length != members.length) {
            usable = new LiveCredential[members.length];
        }
        for (int from = 0; from < members.length; ) {
            int to = from;
            int count = 0;
            int priority = members[from].credential().priority();
            while (to < members.length && members[to].credential().priority() == priority) {
                LiveCredential one = members[to++];
                if (ask.allows(one)) {
                    long readiness = ask.readiness(one);
                    if (readiness != Readiness.READY) {
                        outlook.add(readiness);
                    } else if (one != not) {
                        usable[count++] = one;
                    }
                }
            }
            if (count > 0) {
                LiveCredential chosen = switch (options.choice()) {
                    case LEAST_RECENTLY_USED -> leastRecentlyUsed(count);
                    case WEIGHTED -> weighted(count);
                    case ROTATION -> inTurn(members, options.rotationCalls(), ask, from, to, count);
                };
                if (chosen == null) {
                    outlook.add(Readiness.SOON);
                }
                return chosen;
            }
            if (outlook.isSoon()) {
                return null;
            }
            from = to;
        }
        return null;
    }

    private LiveCredential leastRecentlyUsed(int count) {
        LiveCredential oldest = usable[0];
        for (int i = 1; i < count; i++) {
            if (usable[i].lastTick() < oldest.lastTick()) {
                oldest = usable[i];
            }
        }
        return oldest;
    }

    /** Smooth: each is owed its weight each time, the one that is owed most goes and owes all. */
    private LiveCredential weighted(int count) {
        long total = 0;
        LiveCredential most = usable[0];
        for (int i = 0; i < count; i++) {
            int weight = usable[i].credential().weight();
            usable[i].share(usable[i].share() + weight);
            total += weight;
            if (usable[i].share() > most.share()) {
                most = usable[i];
            }
        }
        most.share(most.share() - total);
        return most;
    }

    /** Null while nobody knows whose turn it is. */
    private @Nullable LiveCredential inTurn(LiveCredential[] members, int calls, Ask ask, int from, int to, int count) {
        List<LiveCredential> line = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            if (members[i].isEnabled()) {
                line.add(members[i]);
            }
        }
        if (line.size() == 1) {
            return usable[0];
        }
        long tried = ask.tried().lastCredential(upstream);
        if (tried != 0) {
            return after(tried, count); // the call has had its turn
        }
        for (int skipped = 0; skipped < line.size(); skipped++) {
            int turn = rotation.current(line.size(), calls);
            if (turn < 0) {
                return null;
            }
            LiveCredential next = line.get(turn);
            if (isUsable(next, count)) {
                rotation.use();
                usedTurn = rotation.number();
                return next;
            }
            long readiness = ask.readiness(next);
            if (readiness <= 0) {
                return after(next.id(), count); // it is only this call, or this moment: the turn stays
            }
            rotation.skip();
        }
        return usable[0];
    }

    private boolean isUsable(LiveCredential one, int count) {
        for (int i = 0; i < count; i++) {
            if (usable[i] == one) {
                return true;
            }
        }
        return false;
    }

    private LiveCredential after(long id, int count) {
        for (int i = 0; i < count; i++) {
            if (usable[i].id() > id) {
                return usable[i];
            }
        }
        return usable[0];
    }
}
