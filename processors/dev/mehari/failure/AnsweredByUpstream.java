package dev.mehari.failure;

import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * A failure that is an upstream's own answer, of whichever status. When nothing else helps, that answer is what the client
 * gets.
 */
public interface AnsweredByUpstream {
    /** Its HTTP status. */
    int status();

    /** Its headers, and its body: {@code byte[]}, or a {@code StreamBody} that has to be discarded if it is not passed on. */
    Message answer();

    /** The one in the causes of {@code failure}; null when there is none. */
    static @Nullable AnsweredByUpstream in(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < 8; i++) { // a circle of causes ends, too
            if (cause instanceof AnsweredByUpstream answered) {
                return answered;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
