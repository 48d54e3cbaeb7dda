package dev.mehari.credential;

/** Whether calls go with a credential. */
public enum CredentialState {
    USABLE,
    /** Left alone until a time, for all models. */
    BENCHED,
    /** Its bench has ended; the next call says whether it works again. */
    TRIAL,
    /** Not used until an operator enables it. */
    DISABLED,
    /** Its token is being fetched. */
    REFRESHING,
    /** Sealed with a master key that this instance does not have. */
    SEALED
}
