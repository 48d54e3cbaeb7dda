package dev.mehari.eip.seda;

import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.EventSource;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.jspecify.annotations.Nullable;

/**
 * The queue of {@code seda:audit?queue=#auditQueue}: events come in one by one, without an exchange, and leave as the bodies
 * of exchanges, batch by batch. Offering never blocks and takes any thread; one consumer polls.
 */
public final class EventQueue extends AbstractQueue<Exchange> implements BlockingQueue<Exchange> {
    private final EventSource source;
    private volatile @Nullable Endpoint endpoint;

    /** @param source keeps the events and makes the batches */
    public EventQueue(EventSource source) {
        this.source = source;
    }

    void attach(Endpoint from) {
        endpoint = from;
    }

    /** Takes an event in, or drops it where there is no room. */
    public void offerEvent(AuditEvent event) {
        source.offer(event);
    }

    @Override
    public int size() {
        return source.waiting();
    }

    @Override
    public int remainingCapacity() {
        return Integer.MAX_VALUE;
    }

    /** Nothing: events are not exchanges. */
    @Override
    public Iterator<Exchange> iterator() {
        return Collections.emptyIterator();
    }

    @Override
    public @Nullable Exchange peek() {
        return null;
    }

    @Override
    public boolean offer(Exchange exchange) {
        throw onlyThroughTap();
    }

    @Override
    public boolean offer(Exchange exchange, long timeout, TimeUnit unit) {
        throw onlyThroughTap();
    }

    @Override
    public void put(Exchange exchange) {
        throw onlyThroughTap();
    }

    @Override
    public Exchange poll() {
        throw onlyThroughTap();
    }

    /** An exchange whose body is the next batch; null when there was none for so long. */
    @Override
    public @Nullable Exchange poll(long timeout, TimeUnit unit) throws InterruptedException {
        Object batch = source.next(unit.toNanos(timeout));
        if (batch == null) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return null;
        }
        Endpoint from = endpoint;
        if (from == null) {
            throw new IllegalStateException("no endpoint has this queue");
        }
        Exchange exchange = from.createExchange(ExchangePattern.InOnly);
        exchange.getMessage().setBody(batch);
        return exchange;
    }

    @Override
    public Exchange take() {
        throw onlyThroughTap();
    }

    @Override
    public boolean remove(Object exchange) {
        throw onlyThroughTap();
    }

    @Override
    public void clear() {
        throw onlyThroughTap();
    }

    @Override
    public int drainTo(Collection<? super Exchange> target) {
        throw onlyThroughTap();
    }

    @Override
    public int drainTo(Collection<? super Exchange> target, int atMost) {
        throw onlyThroughTap();
    }

    private static UnsupportedOperationException onlyThroughTap() {
        return new UnsupportedOperationException(
                "events come into this queue through a wireTap of calls only, and leave it in batches");
    }
}
