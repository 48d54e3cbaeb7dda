package dev.mehari.relay;

import dev.mehari.failure.ClientGone;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.UpstreamUnreachable;
import dev.mehari.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The upstream connections of one event loop. Used on that loop only, so it needs no lock; a request never leaves the
 * loop of the client it is for. Where the number of connections per address is bounded, each loop has its share of it,
 * and requests beyond it wait in order for a connection to come free.
 */
final class UpstreamPool {
    /** Connections to one address; forgotten while there are none. */
    static final class Host {
        private final UpstreamAddress address;
        private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
        private final ArrayDeque<UpstreamRequest> waiting = new ArrayDeque<>();
        private int open;

        private Host(UpstreamAddress address) {
            this.address = address;
        }
    }

    private static final long TICK_MILLIS = 100;

    private final EventLoop loop;
    private final PoolSettings settings;
    private final LongSupplier nanos;
    private final UpstreamConnector connector;
    private final Map<UpstreamAddress, Host> hosts = new HashMap<>();
    private final Set<UpstreamConnection> connections = new LinkedHashSet<>();
    private final ScheduledFuture<?> ticker;
    private final LongAdder open = new LongAdder();
    private final LongAdder idle = new LongAdder();
    private boolean closed;

    UpstreamPool(EventLoop loop, Transport transport, PoolSettings settings, LongSupplier nanos) {
        this.loop = loop;
        this.settings = settings;
        this.nanos = nanos;
        connector = new UpstreamConnector(loop, transport);
        ticker = loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    boolean inLoop() {
        return loop.inEventLoop();
    }

    void execute(Runnable task) {
        loop.execute(task);
    }

    long nowNanos() {
        return nanos.getAsLong();
    }

    int maxGathered() {
        return settings.maxGatheredBytes();
    }

    int maxWhole() {
        return settings.maxWholeBytes();
    }

    long maxIdleNanos() {
        return settings.maxIdle().toNanos();
    }

    /** Any thread. */
    int openConnections() {
        return open.intValue();
    }

    /** Any thread. */
    int idleConnections() {
        return idle.intValue();
    }

    /** Any thread. */
    void submit(UpstreamAddress address, UpstreamRequest request) {
        if (loop.inEventLoop()) {
            submit(hosts.computeIfAbsent(address, Host::new), request);
        } else {
            loop.execute(() -> submit(address, request));
        }
    }

    private void submit(Host host, UpstreamRequest request) {
        if (request.isClientGone()) {
            request.fail(new ClientGone());
            return;
        }
        UpstreamConnection connection;
        while ((connection = host.idle.pollLast()) != null) {
            idle.decrement();
            if (connection.isUsable()) {
                connection.start(request);
                return;
            }
        }
        if (closed) {
            request.fail(stopping());
        } else if (host.open < settings.maxPerLoop()) {
            connect(host, request);
        } else {
            waitForConnection(host, request);
        }
    }

    private static UpstreamUnreachable stopping() {
        return new UpstreamUnreachable("The gateway is stopping", null);
    }

    /** Sends {@code request} on a new connection, for a pooled one has failed it. */
    void submitFresh(Host host, UpstreamRequest request) {
        if (closed) {
            request.fail(stopping());
        } else {
            connect(host, request);
        }
    }

    private void waitForConnection(Host host, UpstreamRequest request) {
        host.waiting.add(request);
        if (request.call() != null) {
            request.call()
                    .onClientGone(() -> loop.execute(() -> {
                        if (host.waiting.remove(request)) {
                            request.fail(new ClientGone());
                        }
                    }));
        }
    }

    private void connect(Host host, UpstreamRequest request) {
        UpstreamConnection connection = new UpstreamConnection(this, host, request);
        host.open++;
        open.increment();
        connections.add(connection);
        if (request.call() != null) {
            request.call().onClientGone(connection);
        }
        // Not at once: epoll tells of descriptors, several at a time. A socket that is opened in the middle of that may
        // get
        // the number of one that was just closed, and then the event that was meant for it, which closes it.
        loop.execute(() ->
                connector.connect(host.address, connection, failure -> connected(host, connection, request, failure)));
    }

    /** A connection stands, or will not; may be told several times, of which the first counts. */
    void connected(Host host, UpstreamConnection connection, UpstreamRequest request, @Nullable Throwable failure) {
        if (failure != null) {
            // Forgotten first: closing it tells of a failure again.
            if (forget(host, connection)) {
                connection.close();
                request.fail(UpstreamConnector.explain(failure));
                serveWaiting(host);
            }
        } else if (connections.contains(connection)) {
            connection.start(request);
        } else {
            connection.close();
        }
    }

    /** {@code connection} may carry another request. */
    void idle(Host host, UpstreamConnection connection) {
        UpstreamRequest next;
        connection.pooled();
        while ((next = host.waiting.poll()) != null) {
            if (!next.isTold()) {
                connection.start(next);
                return;
            }
        }
        host.idle.addLast(connection);
        idle.increment();
    }

    void closed(Host host, UpstreamConnection connection) {
        if (forget(host, connection)) {
            serveWaiting(host);
        }
    }

    private boolean forget(Host host, UpstreamConnection connection) {
        if (!connections.remove(connection)) {
            return false;
        }
        host.open--;
        open.decrement();
        if (host.idle.remove(connection)) {
            idle.decrement();
        }
        return true;
    }

    /** Gives a free place to who waits; one that fails at once leaves it to the one behind it. */
    private void serveWaiting(Host host) {
        UpstreamRequest next;
        while (host.open < settings.maxPerLoop() && (next = host.waiting.poll()) != null) {
            submit(host, next);
        }
    }

    private void tick() {
        long now = nowNanos();
        for (UpstreamConnection connection : new ArrayList<>(connections)) {
            connection.check(now);
        }
        for (Host host : hosts.values()) {
            if (!host.waiting.isEmpty()) {
                checkWaiting(host, now);
            }
        }
        hosts.values().removeIf(host -> host.open == 0 && host.waiting.isEmpty());
    }

    private static void checkWaiting(Host host, long now) {
        for (UpstreamRequest request : new ArrayList<>(host.waiting)) {
            MehariFailure timeout = request.timeoutBeforeAnswer(now);
            if (timeout != null && host.waiting.remove(request)) {
                request.fail(timeout);
            }
        }
    }

    /** Any thread. What is under way or waiting fails. */
    void close() {
        loop.execute(() -> {
            closed = true;
            ticker.cancel(false);
            for (Host host : hosts.values()) {
                UpstreamRequest waiting;
                while ((waiting = host.waiting.poll()) != null) {
                    waiting.fail(stopping());
                }
            }
            new ArrayList<>(connections).forEach(connection -> connection.shutDown(stopping()));
            connector.close();
        });
    }
}
