package dev.mehari.retry;

import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamUnreachable;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.util.Set;

/** What a failure says about asking again. */
enum Repeatable {
    /** Nothing was done, so any request may be sent again. */
    ALWAYS,
    /** Nothing was done, and the same way would end the same way. */
    ELSEWHERE,
    /** Nothing was even sent, and the same way would end the same way. */
    UNSENT,
    /** Something may have been done. */
    IF_IDEMPOTENT,
    /** Asking again is no help. */
    NEVER,
    /** There is no time left to ask again. */
    TOO_LATE;

    private static final int CAUSES_LOOKED_AT = 8;

    /** @param statuses those after which any request is sent again */
    static Repeatable of(Throwable failure, Set<Integer> statuses) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_LOOKED_AT; i++) {
            if (cause instanceof AnsweredByUpstream answered) {
                return of(answered.status(), statuses);
            }
            if (cause instanceof UpstreamUnreachable) {
                return ALWAYS;
            }
            if (cause instanceof CallNotPermittedException) {
                return UNSENT;
            }
            if (cause instanceof UpstreamBroken) {
                return IF_IDEMPOTENT;
            }
            if (cause instanceof DeadlineExceeded) {
                return TOO_LATE;
            }
            if (cause instanceof UpstreamTimeout timeout) {
                return of(timeout.stage());
            }
            cause = cause.getCause();
        }
        return NEVER;
    }

    private static Repeatable of(int status, Set<Integer> statuses) {
        if (statuses.contains(status)) {
            return ALWAYS;
        }
        if (status == 401 || status == 403) {
            return ELSEWHERE;
        }
        return status >= 500 ? IF_IDEMPOTENT : NEVER;
    }

    private static Repeatable of(UpstreamTimeout.Stage stage) {
        return switch (stage) {
            case CONNECT -> ALWAYS;
            case FIRST_BYTE, IDLE -> IF_IDEMPOTENT;
            case TOTAL -> NEVER;
        };
    }
}
