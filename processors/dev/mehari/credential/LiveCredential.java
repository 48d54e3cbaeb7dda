package dev.mehari.credential;

import dev.mehari.credential.CredentialView.State;
import dev.mehari.upstream.UpstreamCredential;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A credential and what is known of it on this instance. Guarded by the lock of its group. */
final class LiveCredential {
    private static final long ASK_AGAIN_MILLIS = 5_000;

    /** Read without the lock, too. */
    private volatile Credential credential;

    private final BenchBook benches = new BenchBook();
    private final QuotaBlock quota = new QuotaBlock();
    private final AdaptiveCap adaptive = new AdaptiveCap();
    private final UseCount use = new UseCount();
    private int inFlight;
    private long lastTick;
    private long share;
    private boolean banned;
    private boolean refreshing;
    private long refreshNotBefore;

    LiveCredential(Credential credential) {
        this.credential = credential;
    }

    /**
     * The same credential as the store has it now.
     *
     * @param ban true when the store has not been told of a ban yet
     */
    void become(Credential now, boolean ban) {
        banned &= ban;
        if (now.tokenVersion() != credential.tokenVersion()) {
            refreshNotBefore = 0;
        }
        if (now.dailyQuota() != credential.dailyQuota()) {
            quota.askAgain();
        }
        credential = now;
    }

    /**
     * As {@link Readiness}.
     *
     * @param model by the name that the caller used; null for none
     * @param there by the upstream's name; empty for none
     * @param capped true when what is learnt limits the calls at once
     */
    long readiness(long nowMillis, @Nullable String model, String there, boolean capped) {
        if (!isEnabled() || (model != null && !credential.models().allows(model))) {
            return Readiness.NEVER;
        }
        long benched = benches.readiness(nowMillis, there);
        if (benched != Readiness.READY) {
            return benched;
        }
        if (!hasToken(nowMillis)) {
            if (credential.kind() != Credential.Kind.OAUTH) {
                return Readiness.NEVER;
            }
            return refreshing || asksAgain() <= nowMillis ? Readiness.BUSY : asksAgain();
        }
        int cap = cap(capped);
        if (cap > 0 && inFlight >= cap) {
            return Readiness.BUSY;
        }
        return credential.dailyQuota() > 0 ? quota.readiness(nowMillis) : Readiness.READY;
    }

    boolean isEnabled() {
        return credential.enabled() && !banned;
    }

    /** It is not used any more, from now on. */
    void ban() {
        banned = true;
    }

    private boolean hasToken(long nowMillis) {
        UpstreamCredential header = credential.header();
        return header != null
                && (credential.kind() != Credential.Kind.OAUTH
                        || credential.tokenExpires() == null
                        || credential.tokenExpires().toEpochMilli() > nowMillis);
    }

    /** True when somebody should ask for a new token, for nothing else helps; then {@link #refreshed} has to follow. */
    boolean asksForToken(long nowMillis) {
        boolean asks = isEnabled()
                && credential.kind() == Credential.Kind.OAUTH
                && !refreshing
                && asksAgain() <= nowMillis
                && !hasToken(nowMillis);
        refreshing |= asks;
        return asks;
    }

    /** When a new token may be asked for. */
    private long asksAgain() {
        Instant rests = credential.tokenRests();
        return rests == null ? refreshNotBefore : Math.max(refreshNotBefore, rests.toEpochMilli());
    }

    void refreshed(long nowMillis) {
        refreshing = false;
        refreshNotBefore = nowMillis + ASK_AGAIN_MILLIS;
    }

    /** Calls at once; 0 for no limit. */
    int cap(boolean capped) {
        int configured = credential.maxConcurrent();
        if (!capped) {
            return configured;
        }
        return configured == 0 ? adaptive.cap() : Math.min(configured, adaptive.cap());
    }

    void take(Place place, String there, long tick) {
        inFlight++;
        lastTick = tick;
        benches.take(place, there);
        place.quotaDay(credential.dailyQuota() > 0 ? quota.use() : Place.NONE);
    }

    /** What was sent is counted; what was not has used nothing. */
    void giveBack(Place place) {
        inFlight--;
        benches.giveBack(place);
        if (place.isSent()) {
            use.called(place.takenMillis());
        } else if (place.quotaDay() != Place.NONE) {
            quota.unuse(place.quotaDay());
        }
    }

    State state(long nowMillis) {
        if (!isEnabled()) {
            return State.DISABLED;
        }
        long benched = benches.readiness(nowMillis, "");
        if (benched > 0) {
            return State.BENCHED;
        }
        if (benches.hasTrial()) {
            return State.TRIAL;
        }
        if (!hasToken(nowMillis)) {
            return State.REFRESHING;
        }
        return credential.dailyQuota() > 0 && quota.isUsedUp() ? State.USED_UP : State.USABLE;
    }

    CredentialView view(long nowMillis, boolean learns, boolean capped) {
        return new CredentialView(
                credential,
                state(nowMillis),
                inFlight,
                cap(capped),
                learns ? adaptive.cap() : 0,
                use.allCalls(),
                use.allFailures(),
                benches.all());
    }

    Credential credential() {
        return credential;
    }

    long id() {
        return credential.id();
    }

    int inFlight() {
        return inFlight;
    }

    long lastTick() {
        return lastTick;
    }

    BenchBook benches() {
        return benches;
    }

    QuotaBlock quota() {
        return quota;
    }

    AdaptiveCap adaptive() {
        return adaptive;
    }

    UseCount use() {
        return use;
    }

    /** For smooth weighted choice: what it is owed. */
    long share() {
        return share;
    }

    void share(long now) {
        share = now;
    }
}
