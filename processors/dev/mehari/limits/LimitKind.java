package dev.mehari.limits;

/** The limits that a key can have, in the order in which they are checked; the first that is used up is told. */
public enum LimitKind {
    CONCURRENCY,
    REQUESTS,
    TOKENS_PER_MINUTE,
    TOKENS,
    COST_DAILY,
    COST_WEEKLY,
    COST_TOTAL;

    /** True for money, counted in nano-dollars. */
    public boolean isCost() {
        return this == COST_DAILY || this == COST_WEEKLY || this == COST_TOTAL;
    }
}
