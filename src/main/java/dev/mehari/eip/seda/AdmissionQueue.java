package dev.mehari.eip.seda;

import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionStats;
import dev.mehari.admission.WaitObserver;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The queue of {@code seda:admission?queue=#admissionQueue&timeout=0}: an exchange that comes while a permit is free is
 * processed on its caller's thread; any other waits in the gate's line, without a thread, and starts on its call's
 * executor. The permit goes back when the call ends, or with the exchange when there is no call.
 *
 * <p>As a {@link BlockingQueue} it can only be looked at (browsing, JMX): the line has its own order, and only
 * {@link NonBlockingSedaComponent} can put something in or take it out.
 */
public final class AdmissionQueue extends AbstractQueue<Exchange> implements BlockingQueue<Exchange> {
    private final AdmissionGate gate;
    private final Duration heartbeat;
    private final WaitObserver waits;
    private final AtomicReference<@Nullable AdmissionConsumer> consumer = new AtomicReference<>();

    /** One whose waits nobody hears of. */
    public AdmissionQueue(AdmissionGate gate, Duration heartbeat) {
        this(gate, heartbeat, WaitObserver.NONE);
    }

    /** @param heartbeat how often a streaming caller hears from us while it waits */
    public AdmissionQueue(AdmissionGate gate, Duration heartbeat, WaitObserver waits) {
        if (heartbeat.isZero() || heartbeat.isNegative()) {
            throw new IllegalArgumentException("mehari.queue.heartbeat must be above 0, is " + heartbeat);
        }
        this.gate = gate;
        this.heartbeat = heartbeat;
        this.waits = waits;
    }

    AdmissionGate gate() {
        return gate;
    }

    Duration heartbeat() {
        return heartbeat;
    }

    WaitObserver waits() {
        return waits;
    }

    /** Who processes what is admitted; null while the route is not running. */
    @Nullable
    AdmissionConsumer consumer() {
        return consumer.get();
    }

    void attach(AdmissionConsumer started) {
        AdmissionConsumer other = consumer.getAndSet(started);
        if (other != null && other != started) {
            consumer.set(other);
            throw new IllegalArgumentException("An admission queue has one consumer: " + other + " is there already");
        }
    }

    void detach(AdmissionConsumer stopped) {
        consumer.compareAndSet(stopped, null);
    }

    @Override
    public int size() {
        return gate.stats().waiting();
    }

    @Override
    public int remainingCapacity() {
        AdmissionStats stats = gate.stats();
        return Math.max(0, stats.maxQueue() - stats.waiting());
    }

    /** Those who wait now, highest priority first. */
    @Override
    public Iterator<Exchange> iterator() {
        return gate.waiters().stream()
                .map(waiter -> waiter instanceof AdmissionTicket ticket ? ticket.exchange() : null)
                .filter(Objects::nonNull)
                .iterator();
    }

    @Override
    public @Nullable Exchange peek() {
        Iterator<Exchange> waiting = iterator();
        return waiting.hasNext() ? waiting.next() : null;
    }

    @Override
    public boolean offer(Exchange exchange) {
        throw onlyThroughSeda();
    }

    @Override
    public boolean offer(Exchange exchange, long timeout, TimeUnit unit) {
        throw onlyThroughSeda();
    }

    @Override
    public void put(Exchange exchange) {
        throw onlyThroughSeda();
    }

    @Override
    public Exchange poll() {
        throw onlyThroughSeda();
    }

    @Override
    public Exchange poll(long timeout, TimeUnit unit) {
        throw onlyThroughSeda();
    }

    @Override
    public Exchange take() {
        throw onlyThroughSeda();
    }

    @Override
    public boolean remove(Object exchange) {
        throw onlyThroughSeda();
    }

    @Override
    public void clear() {
        throw onlyThroughSeda();
    }

    @Override
    public int drainTo(Collection<? super Exchange> target) {
        throw onlyThroughSeda();
    }

    @Override
    public int drainTo(Collection<? super Exchange> target, int atMost) {
        throw onlyThroughSeda();
    }

    private static UnsupportedOperationException onlyThroughSeda() {
        return new UnsupportedOperationException(
                "an admission queue is filled and emptied by Mehari's seda component only, as permits come free");
    }
}
