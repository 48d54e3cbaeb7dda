package dev.mehari.credential;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an attempt holds with the pool: a call under way, and perhaps the trial of a credential. Run once, to give it back. */
final class Place implements Runnable {
    /** Of no day's quota, or of no turn. */
    static final long NONE = -1;

    private final CredentialPool pool;
    private final CredentialGroup group;
    private final @Nullable LiveCredential credential;
    private final int underWay;
    private final long epoch;
    private final long takenMillis;
    /** Benches that this call is the trial for; guarded by the group's lock. */
    private List<BenchBook.Entry> trials = List.of();

    private boolean judged;
    private long quotaDay = NONE;
    private long turn = NONE;
    private volatile boolean sent;

    /**
     * A place taken now.
     *
     * @param underWay calls with the credential, this one included
     * @param epoch of what was learnt of its cap
     * @param takenMillis when it was taken
     */
    Place(
            CredentialPool pool,
            CredentialGroup group,
            @Nullable LiveCredential credential,
            int underWay,
            long epoch,
            long takenMillis) {
        this.pool = pool;
        this.group = group;
        this.credential = credential;
        this.underWay = underWay;
        this.epoch = epoch;
        this.takenMillis = takenMillis;
    }

    CredentialGroup group() {
        return group;
    }

    @Nullable
    LiveCredential credential() {
        return credential;
    }

    int underWay() {
        return underWay;
    }

    long epoch() {
        return epoch;
    }

    long takenMillis() {
        return takenMillis;
    }

    List<BenchBook.Entry> trials() {
        return trials;
    }

    void tries(List<BenchBook.Entry> benches) {
        trials = benches;
    }

    /** The UTC day whose quota it has used one call of; {@link #NONE} for none. Under the group's lock, as the turn. */
    long quotaDay() {
        return quotaDay;
    }

    /** The turn of a rotation that it has used one call of; {@link #NONE} for none. */
    long turn() {
        return turn;
    }

    void quotaDay(long day) {
        quotaDay = day;
    }

    void turn(long number) {
        turn = number;
    }

    /** The upstream has it now, or may have. Any thread. */
    void sent() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    /** True the first time; a call has one outcome. Under the group's lock. */
    boolean judge() {
        boolean first = !judged;
        judged = true;
        return first;
    }

    @Override
    public void run() {
        pool.giveBack(this);
    }
}
