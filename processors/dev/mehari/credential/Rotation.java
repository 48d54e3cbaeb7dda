package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Whose turn it is among the credentials of an upstream: turn number t, of N calls, is that of the credential t mod n. An
 * instance makes whole rounds, n turns that follow one another, and each credential has the same in each: so however
 * rounds go to instances, two credentials never differ by more than N calls for each instance. The store hands rounds out,
 * so that a restart goes on where the last one stopped; this one fetches the next ahead. When its calls outrun the store, or
 * the store is away, it makes a round of its own. Guarded by the group's lock.
 */
final class Rotation {
    private static final long RETRY_MILLIS = 1_000;

    private final Deque<Turn> fetched = new ArrayDeque<>();
    /** What is left of this round. */
    private final Deque<Turn> round = new ArrayDeque<>();

    private boolean isOwn;
    private long turn = -1;
    private int left;
    private int members = 1;
    private int calls = 1;
    private boolean asked;
    private boolean fetching;
    private boolean isAway;
    private long notBefore;

    /**
     * Whose turn it is.
     *
     * @param members credentials that take turns, at least 1
     * @param calls in each turn
     * @return 0 to {@code members - 1}; -1 while the first turn has not arrived
     */
    int current(int members, int calls) {
        this.members = members;
        this.calls = calls;
        asked = true;
        if (left <= 0 && !begin()) {
            return -1;
        }
        return (int) (turn % members);
    }

    private boolean begin() {
        if (round.isEmpty()) {
            isOwn = fetched.isEmpty();
            round.addAll(fetched);
            fetched.clear();
            boolean mayGoOn = turn >= 0 || isAway;
            for (long i = 1; isOwn && mayGoOn && i <= members; i++) {
                round.add(new Turn(turn + i, calls));
            }
        }
        Turn next = round.poll();
        if (next == null) {
            return false;
        }
        turn = next.number();
        left = next.calls();
        return true;
    }

    /** One call of the current turn is made. */
    void use() {
        left--;
    }

    /** Number of the turn that {@link #use} was told of last; -1 for none. */
    long number() {
        return turn;
    }

    /** One call of turn {@code number} has not been made after all; nothing can be done for a turn that is over. */
    void unuse(long number) {
        if (turn == number) {
            left++;
        }
    }

    /** Gives the rest of the current turn up, for the one whose it is cannot be used. */
    void skip() {
        left = 0;
    }

    /** True when a round should be fetched now; {@link #arrived} or {@link #failed} has to follow. */
    boolean wantsTurns(long nowMillis) {
        if (!asked || fetching || nowMillis < notBefore) {
            return false;
        }
        fetching = fetched.isEmpty() && (isOwn || 2 * round.size() <= members);
        return fetching;
    }

    int calls() {
        return calls;
    }

    /** How many make a round. */
    int turns() {
        return members;
    }

    void arrived(List<Turn> turns) {
        fetching = false;
        isAway = false;
        fetched.addAll(turns);
    }

    void failed(long nowMillis) {
        fetching = false;
        isAway = true;
        notBefore = nowMillis + RETRY_MILLIS;
    }

    /** Takes out what is left of a round that was begun, for the store; one that was not may as well be left out. */
    List<Turn> takeRest() {
        List<Turn> rest = new ArrayList<>();
        if (left > 0) {
            rest.add(new Turn(turn, left));
        }
        rest.addAll(round);
        if (fetched.size() < members) {
            rest.addAll(fetched);
        }
        round.clear();
        fetched.clear();
        left = 0;
        turn = -1;
        asked = false;
        return rest;
    }
}
