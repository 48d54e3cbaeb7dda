package dev.mehari.caller;

/** What is known of a key that was presented. */
sealed interface Finding {
    /** There is such a key; it may be disabled or expired. */
    record Found(StoredKey key) implements Finding {}

    /** There is none. */
    record Absent() implements Finding {
        static final Absent INSTANCE = new Absent();
    }
}
