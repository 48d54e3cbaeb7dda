package dev.mehari.faults;

/** Something that must not happen, and did. */
record Violation(Kind kind, String what) {
    /** What must not happen; {@link FaultCheck} says exactly what each means. */
    enum Kind {
        GAVE_UP,
        SPOILED,
        UNANSWERED,
        SILENT_END,
        USED_WHILE_BENCHED,
        SECOND_TRIAL,
        USED_WHILE_OPEN,
        REPEATED,
        SAME_AGAIN,
        TOO_MANY_TRIES,
        NOT_RETURNED,
        LEFT_OVER
    }
}
