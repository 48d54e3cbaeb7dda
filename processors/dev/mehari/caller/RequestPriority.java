package dev.mehari.caller;

import dev.mehari.failure.RequestRejected;
import org.jspecify.annotations.Nullable;

/** The priority of a request: its key's, unless the request asks for a lower one. */
final class RequestPriority {
    static final String HEADER = "X-Mehari-Priority";

    private RequestPriority() {}

    /** The smaller of what is asked for (one digit; null for nothing) and {@code most}. */
    static int of(@Nullable String asked, int most) throws RequestRejected {
        if (asked == null) {
            return most;
        }
        String text = asked.strip();
        if (text.length() != 1 || text.charAt(0) < '0' || text.charAt(0) > '9') {
            throw new RequestRejected(
                    RequestRejected.Kind.MALFORMED,
                    "invalid_priority",
                    HEADER + " must be one digit from 0 to 9, and never raises a request above its key's priority",
                    HEADER);
        }
        return Math.min(text.charAt(0) - '0', most);
    }
}
