package dev.mehari.credential;

import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of one upstream and the calls under way there. Finding one takes a pass over them under the group's lock,
 * which is held for that time only: no call, no store and no other group is asked under it. Whoever holds it uses what this
 * class hands out.
 */
final class CredentialGroup {
    private final String upstream;
    private final CredentialChoice choice;
    /** By priority, then id. */
    private LiveCredential[] members = {};

    private volatile boolean hasErrands;
    private int inFlight;
    private long ticks;

    CredentialGroup(String upstream) {
        this.upstream = upstream;
        choice = new CredentialChoice(upstream);
    }

    String upstream() {
        return upstream;
    }

    /** Replaces the members; ordered by priority, then id. */
    synchronized void become(List<LiveCredential> now) {
        members = now.toArray(LiveCredential[]::new);
        hasErrands = choice.rotates() || now.stream().anyMatch(CredentialGroup::hasErrands);
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
        long turn = Place.NONE;
        LiveCredential with = sticky == 0 ? null : member(sticky);
        boolean forgets = true;
        LiveCredential chosen = null;
        if (with != null) {
            long readiness = ask.readiness(with);
            forgets = readiness > 0; // it comes back at some time, or never; else in a moment
            boolean mayTake = readiness == Readiness.READY && ask.allows(with);
            if (mayTake && !isOverloaded(with, ask)) {
                chosen = with;
            } else {
                chosen = choose(options, ask, with, outlook);
                turn = choice.usedTurn();
                if (chosen == null && mayTake && !outlook.isSoon()) {
                    chosen = with;
                }
            }
        } else {
            chosen = choose(options, ask, null, outlook);
            turn = choice.usedTurn();
        }
        return chosen == null ? null : hold(pool, chosen, turn, ask, forgets);
    }

    private @Nullable LiveCredential choose(
            UpstreamOptions options, Ask ask, @Nullable LiveCredential not, Outlook outlook) {
        LiveCredential chosen = choice.among(members, options, ask, not, outlook);
        if (choice.rotates()) {
            hasErrands = true;
        }
        return chosen;
    }

    private Found hold(CredentialPool pool, LiveCredential chosen, long turn, Ask ask, boolean forgets) {
        inFlight++;
        int underWay = chosen.inFlight() + 1;
        long epoch = chosen.adaptive().sent(underWay, ask.nowMillis());
        Place place = new Place(pool, this, chosen, underWay, epoch, ask.nowMillis());
        chosen.take(place, ask.there(), ++ticks);
        place.turn(turn);
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
            if (ask.allows(one)) {
                long readiness = ask.readiness(one);
                if (readiness == Readiness.READY) {
                    return true;
                }
                outlook.add(readiness);
            }
        }
        return false;
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
            if (one != with && ask.readiness(one) == Readiness.READY) {
                load += one.inFlight();
                peers++;
            }
        }
        return peers > 0 && 4L * (with.inFlight() - 1) * peers > 5L * load;
    }

    /** Gives a place back; under the lock. */
    synchronized void giveBack(Place place) {
        inFlight--;
        if (!place.isSent() && place.turn() != Place.NONE) {
            choice.rotation().unuse(place.turn());
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
        return choice.rotation();
    }

    /** Under the lock. */
    boolean rotates() {
        return choice.rotates();
    }
}
