package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Bench;

/** Hears what happens in the pool. Called on any thread, holding none of the pool's locks; must not block. */
public interface PoolObserver {
    /** Hears nothing. */
    PoolObserver NONE = new PoolObserver() {};

    /** How a try ended. */
    enum Outcome {
        /** An answer that says nothing against the credential, to its last byte. */
        SUCCESS,
        /** An answer that a rule benches for, or that the upstream failed with. */
        REFUSED,
        /** No answer, or one that broke. */
        FAILED,
        /** We gave it up, because its client left or nobody wanted it. */
        ABANDONED
    }

    default void ended(String upstream, Outcome outcome) {}

    default void benched(Credential credential, Bench bench) {}

    /** A trial call has succeeded. */
    default void returned(Credential credential, String model) {}

    default void banned(Credential credential, int status) {}
}
