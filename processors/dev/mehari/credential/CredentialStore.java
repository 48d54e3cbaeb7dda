package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where credentials and what was learnt of them are kept, for all instances. Methods block. */
public interface CredentialStore {
    /** All credentials with what is to be sent, deciphered. */
    List<Credential> load() throws StorageUnavailable;

    /** All benches that last beyond {@code now}, or have ended without a successful trial call since. */
    List<Bench> benches(Instant now) throws StorageUnavailable;

    /**
     * Puts benches down; of two for the same credential and model the one that lasts longer holds, so that instances may
     * write in any order and lose none.
     */
    void bench(Collection<Bench> benches) throws StorageUnavailable;

    /** Ends the bench of {@code credential} for {@code model}, if it began by {@code began}. */
    void release(long credential, String model, Instant began) throws StorageUnavailable;

    /**
     * Forgets the benches that ended before {@code endedBefore} and that no call has tried since. Any number of instances may
     * do it at once.
     */
    void forgetBenches(Instant endedBefore) throws StorageUnavailable;

    /** Disables a credential for {@code reason}, such as {@code banned: 403}; all instances hear of it. */
    void disable(long credential, String reason) throws StorageUnavailable;

    /** Adds what calls have shown since the last time, in one statement. */
    void add(Collection<CredentialUse> uses) throws StorageUnavailable;

    /**
     * Takes up to {@code calls} of what is left of the quota of {@code credential} for the UTC day of {@code now}, for this
     * instance to use. Fewer, or none, when it is nearly used up. What is not used may be given back with a negative
     * number.
     */
    long takeQuota(long credential, long calls, Instant now) throws StorageUnavailable;

    /**
     * Takes the next turns of {@code upstream}'s rotation, {@code turns} that follow one another; the first ever is number 0,
     * and no two instances have the same. A turn that was given back comes first, alone.
     *
     * @param calls in each
     */
    List<Turn> takeTurns(String upstream, int calls, int turns) throws StorageUnavailable;

    /**
     * Gives turns back, each with the calls that have not been made, for any instance to go on with; the
     * same number given back twice counts with all its calls.
     */
    void giveBackTurns(String upstream, List<Turn> turns) throws StorageUnavailable;

    /**
     * A credential left alone.
     *
     * @param model by the upstream's name; empty for all models
     * @param reason in snake case, such as {@code rate_limited}, {@code unauthorized}, {@code upstream_error}
     * @param status the answer's, 0 when there was none
     */
    record Bench(long credential, String model, String reason, int status, Instant since, Instant until) {}

    /**
     * A turn in a rotation.
     *
     * @param number from 0
     * @param calls left of it
     */
    record Turn(long number, int calls) {}

    /**
     * What calls with a credential have shown since it was last written.
     *
     * @param lastStatus of the last failure's answer; 0 when there was none
     * @param lastError code and status of the last failure, without anything secret; null when there was none
     */
    record CredentialUse(
            long credential,
            long calls,
            long successes,
            long failures,
            @Nullable Instant lastUsed,
            @Nullable Instant lastSuccess,
            @Nullable Instant lastFailure,
            int lastStatus,
            @Nullable String lastError) {}
}
