package dev.mehari.limits;

/** What became of a call that asked for a lease. */
public enum LimitOutcome {
    GRANTED,
    CONCURRENCY,
    REQUESTS,
    TOKENS_PER_MINUTE,
    TOKENS,
    COST_DAILY,
    COST_WEEKLY,
    COST_TOTAL,
    /** The key's queue had no room. */
    QUEUE_FULL,
    /** It waited in the key's queue for as long as it may. */
    QUEUE_TIMEOUT,
    /** Its client left before there was a decision. */
    CANCELLED,
    /** Nobody could decide. */
    UNAVAILABLE;

    static LimitOutcome of(LimitKind refused) {
        return switch (refused) {
            case CONCURRENCY -> CONCURRENCY;
            case REQUESTS -> REQUESTS;
            case TOKENS_PER_MINUTE -> TOKENS_PER_MINUTE;
            case TOKENS -> TOKENS;
            case COST_DAILY -> COST_DAILY;
            case COST_WEEKLY -> COST_WEEKLY;
            case COST_TOTAL -> COST_TOTAL;
        };
    }
}
