package dev.mehari.credential;

import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of one upstream and the calls under way there. Finding one takes a pass over them under the group's lock,
 * which is held for that time only: no call, no store and no other group is asked under it. Whoever holds it uses what this
 * class hands out.
 */
final class CredentialGroup {
    private final String upstream;
    private final Rotation rotation = new Rotation();
    /** By priority, then id. */
    private LiveCredential[] members = {};
    /** Used within {@link #choose} only. */
    private LiveCredential[] usable = {};
    /** Of which the call that is chosen for has used one; used within {@link #take} only. */
    private long usedTurn;

    private boolean rotates;
    private volatile boolean hasErrands;
    private int inFlight;
    private long ticks;

    CredentialGroup(String upstream) {
        this.upstream = upstream;
    }

    String upstream() {
        return upstream;
    }

    /** Replaces the members; ordered by priority, then id. */
    synchronized void become(List<LiveCredential> now) {
        members = now.toArray(LiveCredential[]::new);
        usable = new LiveCredential[members.length];
        hasErrands = rotates || now.stream().anyMatch(CredentialGroup::hasErrands);
    }

    private static boolean hasErrands(LiveCredential one) {
        return one.credential().dailyQuota() > 0 || one.credential().kind() == Credential.Kind.OAUTH;
    }

    /** True when something may have to be fetched now and then: turns, quotas, tokens. */
    boolean hasErrands() {
        return hasErrands;
    }

    /** What {@link #take} found. */
    record Found(Place place, @Nullable Credential credential, boolean forgets) {}

    /**
     * Takes a place, or says in {@code outlook} what there is instead.
     *
     * @param sticky id of the credential that the call's conversation is with; 0 for none
     * @return with {@code forgets} false when the conversation stays where it was, though this call goes elsewhere
     */
    synchronized @Nullable Found take(CredentialPool pool, Upstream to, Ask ask, long sticky, Outlook outlook) {
        UpstreamOptions options = to.options();
        if (options.maxConcurrent() > 0 && inFlight >= options.maxConcurrent()) {
            outlook.add(Readiness.BUSY);
            return null;
        }
        if (members.length == 0) {
            if (!ask.again() && ask.tried().triedUpstream(upstream)) {
                return null;
            }
            inFlight++;
            return new Found(new Place(pool, this, null, inFlight, 0, ask.nowMillis()), null, true);
        }
        usedTurn = Place.NONE;
        LiveCredential with = sticky == 0 ? null : member(sticky);
        boolean forgets = true;
        LiveCredential chosen = null;
        if (with != null) {
            long readiness = readiness(with, ask);
            forgets = readiness > 0; // it comes back at some time, or never; else in a moment
            boolean mayTake = readiness == Readiness.READY && isUntried(with, ask);
            if (mayTake && !isOverloaded(with, ask)) {
                chosen = with;
            } else {
                chosen = choose(options, ask, with, outlook);
                if (chosen == null && mayTake && !outlook.isSoon()) {
                    chosen = with;
                }
            }
        } else {
            chosen = choose(options, ask, null, outlook);
        }
        return chosen == null ? null : hold(pool, chosen, ask, forgets);
    }

    private Found hold(CredentialPool pool, LiveCredential chosen, Ask ask, boolean forgets) {
        inFlight++;
        int underWay = chosen.inFlight() + 1;
        long epoch = chosen.adaptive().sent(underWay, ask.nowMillis());
        Place place = new Place(pool, this, chosen, underWay, epoch, ask.nowMillis());
        chosen.take(place, ask.there(), ++ticks, ask.nowMillis());
        place.turn(usedTurn);
        return new Found(place, chosen.credential(), forgets);
    }

    /** True when something could be taken now. */
    synchronized boolean hasUsable(Upstream to, Ask ask, Outlook outlook) {
        int most = to.options().maxConcurrent();
        if (most > 0 && inFlight >= most) {
            outlook.add(Readiness.BUSY);
            return false;
        }
        if (members.length == 0) {
            return ask.again() || !ask.tried().triedUpstream(upstream);
        }
        for (LiveCredential one : members) {
            if (isUntried(one, ask)) {
                long readiness = readiness(one, ask);
                if (readiness == Readiness.READY) {
                    return true;
                }
                outlook.add(readiness);
            }
        }
        return false;
    }

    private static long readiness(LiveCredential one, Ask ask) {
        return one.readiness(ask.nowMillis(), ask.model(), ask.there(), ask.capped());
    }

    private static boolean isUntried(LiveCredential one, Ask ask) {
        return ask.again() || !ask.tried().triedCredential(one.id());
    }

    private @Nullable LiveCredential member(long id) {
        for (LiveCredential one : members) {
            if (one.id() == id) {
                return one;
            }
        }
        return null;
    }

    /** More than 1.25 times the mean load of its usable peers, and one more (bounded load, Mirrokni et al. 2018). */
    private boolean isOverloaded(LiveCredential with, Ask ask) {
        if (with.inFlight() <= 1) {
            return false;
        }
        int load = 0;
        int peers = 0;
        for (LiveCredential one : members) {
            if (one != with && readiness(one, ask) == Readiness.READY) {
                load += one.inFlight();
                peers++;
            }
        }
        return peers > 0 && 4L * (with.inFlight() - 1) * peers > 5L * load;
    }

    /** One of the usable ones of the lowest priority that has any; {@code not} that one. */
    private @Nullable LiveCredential choose(
            UpstreamOptions options, Ask ask, @Nullable LiveCredential not, Outlook outlook) {
        rotates = options.choice() == Choice.ROTATION;
        hasErrands |= rotates;
        for (int from = 0; from < members.length; ) {
            int to = from;
            int count = 0;
            int priority = members[from].credential().priority();
            while (to < members.length && members[to].credential().priority() == priority) {
                LiveCredential one = members[to++];
                if (isUntried(one, ask)) {
                    long readiness = readiness(one, ask);
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
                    case ROTATION -> inTurn(options.rotationCalls(), ask, from, to, count);
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
    private @Nullable LiveCredential inTurn(int calls, Ask ask, int from, int to, int count) {
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
            long readiness = readiness(next, ask);
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

    /** Gives a place back; under the lock. */
    synchronized void giveBack(Place place) {
        inFlight--;
        if (!place.isSent() && place.turn() != Place.NONE) {
            rotation.unuse(place.turn());
        }
        LiveCredential with = place.credential();
        if (with != null) {
            with.giveBack(place);
        }
    }

    synchronized int inFlight() {
        return inFlight;
    }

    /** Those that are there; to be read under the lock. */
    LiveCredential[] members() {
        return members;
    }

    /** Under the lock. */
    Rotation rotation() {
        return rotation;
    }

    /** Under the lock. */
    boolean rotates() {
        return rotates;
    }
}
