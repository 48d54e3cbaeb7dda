package dev.mehari.audit;

import dev.mehari.exchange.Call;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Says what is written down about a call; what {@code onPrepare} of a {@code wireTap} names. */
@FunctionalInterface
public interface CallTap {
    /**
     * Looks at a call that has just begun. On its event loop; must not block.
     *
     * @return makes the event when the call has ended; null when there is to be none
     */
    @Nullable
    Supplier<AuditEvent> tap(Exchange exchange, Call call);
}
