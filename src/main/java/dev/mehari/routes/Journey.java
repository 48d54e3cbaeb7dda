package dev.mehari.routes;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;

/**
 * An exchange on its way through the routes of one version, with the copies made of it. Ends when the exchange has gone through
 * its routes, its call has ended, and each copy that entered a route has gone through. Any thread.
 */
final class Journey {
    /** Property of the exchange, and of its copies. */
    static final String KEY = "mehari.journey";

    private final Version version;
    private final Exchange exchange;
    private final AtomicInteger holds = new AtomicInteger(1);

    Journey(Version version, Exchange exchange) {
        this.version = version;
        this.exchange = exchange;
    }

    Version version() {
        return version;
    }

    /** True for the exchange itself, which the journey lasts for; false for a copy, which may outlast it. */
    boolean isOf(Exchange other) {
        return exchange == other;
    }

    /** One more end to wait for; false when the journey has ended. Give it back with {@link #release}. */
    boolean hold() {
        int now = holds.get();
        while (now > 0) {
            if (holds.compareAndSet(now, now + 1)) {
                return true;
            }
            now = holds.get();
        }
        return false;
    }

    void release() {
        if (holds.decrementAndGet() == 0) {
            version.journeyEnded();
        }
    }
}
