package dev.mehari.inspection;

import dev.mehari.exchange.Dialect;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells a failure to a client whose event stream has begun; one per process, any thread. */
@FunctionalInterface
public interface FailureEvents {
    /**
     * The writer of failure events for one call, given to {@link dev.mehari.exchange.Call#onStreamFailure}.
     *
     * @param path raw path of the call, since one dialect may have several kinds of stream
     * @param requestId put into the event so that it can be found in the log
     */
    Function<Throwable, byte[]> forCall(Dialect dialect, String path, @Nullable String requestId);
}
