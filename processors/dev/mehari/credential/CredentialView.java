package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Bench;
import java.util.List;

/**
 * How a credential stands on this instance, without anything secret.
 *
 * @param state what matters most of it
 * @param inFlight calls under way
 * @param cap calls that may be under way at once, learnt or configured; 0 for no limit
 * @param learnt calls at once that are learnt to be possible, also where only observed; 0 when nothing is learnt
 * @param calls that were made with it and have ended, since this instance's start
 * @param failures calls that were refused, or failed, since then
 * @param benches that last, or wait for a successful trial call
 */
public record CredentialView(
        Credential credential,
        State state,
        int inFlight,
        int cap,
        int learnt,
        long calls,
        long failures,
        List<Bench> benches) {
    /** From the worst to the best. */
    public enum State {
        DISABLED,
        /** For all models. */
        BENCHED,
        /** A bench has ended, and a call tries whether all is well. */
        TRIAL,
        /** Has no token that holds. */
        REFRESHING,
        /** Has used up its calls of the day. */
        USED_UP,
        USABLE
    }
}
