package dev.mehari.upstream;

import org.apache.camel.Exchange;

/** Which ways are left for a call of which a try has failed. Fast, for any thread. */
@FunctionalInterface
public interface Ways {
    /** What can be tried next. */
    enum Left {
        /** A credential or an upstream that this call has not tried, usable now. */
        OTHER,
        /** Only what has been tried, and may be tried again. */
        SAME,
        /** Nothing: all is benched, failed, disabled or forbidden. */
        NONE
    }

    Left left(Exchange exchange);
}
