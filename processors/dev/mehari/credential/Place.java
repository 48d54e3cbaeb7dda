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
    private final long sentMillis;
    /** Benches that this call is the trial for; guarded by the group's lock. */
    private List<BenchBook.Entry> trials = List.of();

    private boolean judged;
    private long takenMillis;
    private long quotaDay = NONE;
    private long turn = NONE;
    private volatile boolean sent;

    /**
     * A place taken now.
     *
     * @param underWay calls with the credential, this one included
     * @param epoch of what was learnt of its cap
     * @param sentMillis when it was taken
     */
    Place(
            CredentialPool pool,
            CredentialGroup group,
            @Nullable LiveCredential credential,
            int underWay,
            long epoch,
            long sentMillis) {
        this.pool = pool;
        this.group = group;
        this.credential = credential;
        this.underWay = underWay;
        this.epoch = epoch;
        this.sentMillis = sentMillis;
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

    long sentMillis() {
        return sentMillis;
    }

    List<BenchBook.Entry> trials() {
        return trials;
    }

    void tries(List<BenchBook.Entry> benches) {
        trials = benches;
    }

    /** Guarded by the group's lock, as the next three. */
    void taken(long nowMillis, long ofQuotaDay) {
        takenMillis = nowMillis;
        quotaDay = ofQuotaDay;
    }

    long takenMillis() {
        return takenMillis;
    }

    /** The UTC day whose quota it has used one call of; {@link #NONE} for none. */
    long quotaDay() {
        return quotaDay;
    }

    /** The turn of a rotation that it has used one call of; {@link #NONE} for none. */
    long turn() {
        return turn;
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
