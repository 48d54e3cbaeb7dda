package dev.mehari.failure;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The caller has used up a limit of its own key. */
public final class LimitExceeded extends MehariFailure {
    private static final long serialVersionUID = 1L;

    /** What is used up, and so what helps. */
    public enum Kind {
        /** Calls at once, or the key's queue: another call has to end. */
        CONCURRENCY,
        /** Requests or tokens of a window: time helps. */
        RATE,
        /** Money: an operator helps, or tomorrow; clients should not try again by themselves. */
        BUDGET
    }

    private final Kind kind;
    private final transient Map<String, Object> details;

    /**
     * @param details further fields of the error body by name, in their order: text, whole numbers or decimals
     * @param retryAfter null only for a budget that no time resets
     */
    public LimitExceeded(
            Kind kind, String code, String message, Map<String, Object> details, @Nullable Duration retryAfter) {
        super(Source.CLIENT, code, message, retryAfter, null);
        this.kind = kind;
        this.details = details;
    }

    public Kind kind() {
        return kind;
    }

    public Map<String, Object> details() {
        return details;
    }
}
