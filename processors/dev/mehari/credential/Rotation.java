package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is among the credentials of an upstream: turn number t, of N calls, is that of the credential t mod n. The
 * store hands turns out, one after the other, to all instances; this one fetches them ahead. When its calls outrun the
 * store, it begins turns by itself, in order, and gives calls that come with turns of the same credential back for them:
 * so it stays exact. What is not settled yet, at most {@value #MOST_OWED} turns, is what it can be off by. Guarded by the
 * group's lock.
 */
final class Rotation {
    private static final int MOST_OWED = 256;
    private static final int MOST_AHEAD = 64;
    private static final long RETRY_MILLIS = 1_000;

    /** A turn begun; {@code own} while the store has not handed it out. */
    private static final class Begun {
        final long number;
        int left;
        int made;
        boolean own;

        Begun(long number, int left, boolean own) {
            this.number = number;
            this.left = left;
            this.own = own;
        }
    }

    private final Deque<Turn> fetched = new ArrayDeque<>();
    private final Deque<Begun> owed = new ArrayDeque<>();
    private @Nullable Begun now;
    private int members = 1;
    private int calls = 1;
    private int ahead = 1;
    private boolean fetching;
    private boolean isAway;
    private boolean asked;
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
        if (now == null || now.left <= 0) {
            next();
        }
        return now == null ? -1 : index(now.number);
    }

    private int index(long number) {
        return (int) (number % members);
    }

    private void next() {
        Begun last = now;
        if (last != null && last.own) {
            owe(last);
        }
        Turn turn = fetched.poll();
        if (turn != null) {
            now = new Begun(turn.number(), turn.calls(), false);
        } else if (last != null || isAway) {
            ahead = Math.min(MOST_AHEAD, 2 * ahead);
            now = new Begun(last == null ? 0 : last.number + 1, calls, true);
        }
    }

    private void owe(Begun turn) {
        if (turn.made > 0) {
            owed.add(turn);
            if (owed.size() > MOST_OWED) {
                owed.poll();
            }
        }
    }

    /** One call of the current turn is made. */
    void use() {
        if (now != null) {
            now.left--;
            now.made++;
        }
    }

    /** Gives the rest of the current turn up, for the one whose it is cannot be used. */
    void skip() {
        if (now != null) {
            now.left = 0;
        }
    }

    /** True when a turn should be fetched now; {@link #arrived} or {@link #failed} has to follow. */
    boolean wantsTurn(long nowMillis) {
        if (!asked || fetching || nowMillis < notBefore) {
            return false;
        }
        boolean soon = now == null || now.own || now.left <= calls / 2 || !owed.isEmpty();
        int own = now != null && now.own ? 1 : 0;
        fetching = soon && fetched.size() < ahead + owed.size() + own;
        return fetching;
    }

    int calls() {
        return calls;
    }

    void arrived(Turn turn) {
        fetching = false;
        isAway = false;
        int left = turn.calls();
        if (now != null && now.own && owed.isEmpty() && index(now.number) == index(turn.number())) {
            now.own = false;
            now.left = Math.max(0, left - now.made);
            return;
        }
        for (Iterator<Begun> debts = owed.iterator(); debts.hasNext() && left > 0; ) {
            Begun debt = debts.next();
            if (index(debt.number) == index(turn.number())) {
                int paid = Math.min(left, debt.made);
                left -= paid;
                debt.made -= paid;
                if (debt.made == 0) {
                    debts.remove();
                }
            }
        }
        if (left > 0) {
            fetched.add(new Turn(turn.number(), left));
        }
    }

    void failed(long nowMillis) {
        fetching = false;
        isAway = true;
        notBefore = nowMillis + RETRY_MILLIS;
    }

    /** Takes out what has been fetched and not used, for the store. */
    List<Turn> takeRest() {
        List<Turn> rest = new ArrayList<>(fetched);
        fetched.clear();
        if (now != null && !now.own && now.left > 0) {
            rest.add(new Turn(now.number, now.left));
        }
        now = null;
        asked = false;
        return rest;
    }
}
