package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialStore.CredentialUse;
import dev.mehari.credential.LiveCredentials.Live;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A credential as operators see it; never with its secret.
 *
 * @param opens false when it is sealed with a master key that is not here
 * @param hint the last 4 characters of the secret; empty when it does not open, or is too short to show any
 * @param disabledFor why it was disabled; null when it was not, or by an operator
 * @param benches those in force, and those that have ended without a successful call since
 * @param use sums over all instances
 * @param quotaUsed of the quota of the current UTC day
 * @param declared true for one that the declarative file brought
 */
public record CredentialEntry(
        long id,
        String upstream,
        Credential.Kind kind,
        CredentialFields fields,
        boolean opens,
        String hint,
        @Nullable String disabledFor,
        List<Bench> benches,
        Token token,
        CredentialUse use,
        long quotaUsed,
        boolean declared,
        Instant createdAt) {

    /**
     * The token of an OAuth credential.
     *
     * @param claimedUntil while it is being fetched
     * @param notBefore when a failed refresh is tried again
     * @param error why the last refresh failed
     */
    public record Token(
            @Nullable Instant expires,
            @Nullable Instant claimedUntil,
            @Nullable Instant notBefore,
            @Nullable String error) {}

    public CredentialEntry {
        benches = List.copyOf(benches);
    }

    public CredentialState state(Instant now, Live live) {
        if (!opens) {
            return CredentialState.SEALED;
        }
        if (!fields.enabled()) {
            return CredentialState.DISABLED;
        }
        if (benches.stream().anyMatch(bench -> bench.model().isEmpty() && isInForce(bench, now))) {
            return CredentialState.BENCHED;
        }
        if (live.trial() || benches.stream().anyMatch(bench -> bench.model().isEmpty())) {
            return CredentialState.TRIAL;
        }
        Instant claimed = token.claimedUntil();
        return claimed != null && claimed.isAfter(now) ? CredentialState.REFRESHING : CredentialState.USABLE;
    }

    /** True while it is left alone for a model, or for all. */
    public boolean isCoolingDown(Instant now) {
        return benches.stream().anyMatch(bench -> isInForce(bench, now));
    }

    /** True when its last failure, or what it is benched for, was that status. */
    public boolean hasError(int status) {
        return use.lastStatus() == status || benches.stream().anyMatch(bench -> bench.status() == status);
    }

    /** When the first bench in force ends; null when there is none. */
    public @Nullable Instant nextProbe(Instant now) {
        return benches.stream()
                .filter(bench -> isInForce(bench, now))
                .map(Bench::until)
                .min(Instant::compareTo)
                .orElse(null);
    }

    private static boolean isInForce(Bench bench, Instant now) {
        return bench.until().isAfter(now);
    }
}
