package dev.mehari.routes;

import dev.mehari.exchange.Call;
import dev.mehari.failure.GatewayBusy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.Suspendable;
import org.apache.camel.SuspendableService;
import org.apache.camel.spi.BrowsableEndpoint;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.AsyncCallbackToCompletableFutureAdapter;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where exchanges come in, and its consumer, which stays while the routes behind it change. An exchange that comes from outside
 * begins on the version in force; one that an earlier entry of the same journey has sent goes on on the version that it began
 * on. A copy that comes after its journey has ended, as from a queue, begins anew; where the version in force has no route for it,
 * on the last one that had. What a route sends later, such as a group that an {@code aggregate} has gathered, goes on on the
 * version of that route. Any thread.
 */
final class Entry implements AsyncProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);
    private static final List<String> OVERLAPPING = List.of("netty-http:", "platform-http:", "seda:", "direct:");
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String key;
    private final Endpoint endpoint;
    private final Supplier<Version> inForce;
    private final boolean alone;
    private final AtomicInteger atWork = new AtomicInteger();
    private volatile @Nullable Version home;
    private @Nullable Consumer consumer;
    private int order;

    /** @param key what tells it from other entries: where exchanges come from */
    Entry(String key, Endpoint endpoint, Supplier<Version> inForce) {
        this.key = key;
        this.endpoint = endpoint;
        this.inForce = inForce;
        alone = OVERLAPPING.stream().noneMatch(key::startsWith);
    }

    String key() {
        return key;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Whether two consumers at its address would both take what is there, as files in a folder. */
    boolean isAlone() {
        return alone;
    }

    /** Where exchanges come from, without the options that say how they do. */
    String address() {
        int query = key.indexOf('?');
        return query < 0 ? key : key.substring(0, query);
    }

    /** Place among the entries of its kind: those with a higher one start later; 0 for any. */
    int order() {
        return order;
    }

    void order(int given) {
        order = given;
    }

    /** The newest version that has a route for it; at first that is not in force yet. */
    void home(Version version) {
        home = version;
    }

    /** How many exchanges in its queue will go through {@code older}, since no newer version has a route for them. */
    int waitingFor(Version older) {
        return home == older && consumer != null && endpoint instanceof BrowsableEndpoint queue
                ? queue.getExchanges().size()
                : 0;
    }

    /** Fails, with nothing begun, when the endpoint has no consumers of that kind. */
    void check() throws Exception {
        var unused = endpoint.createConsumer(this);
    }

    void start() throws Exception {
        Consumer made = endpoint.createConsumer(this);
        ServiceHelper.startService(made);
        consumer = made;
    }

    /** Comes behind all other consumers of its kind, without a moment in which there is none. */
    void startBehindOthers() throws Exception {
        Consumer before = consumer;
        start();
        ServiceHelper.stopAndShutdownService(before);
    }

    /** Takes nothing more in; waits, until interrupted, for what it has taken. Only for one that is alone at its address. */
    void rest() {
        if (consumer instanceof Suspendable && consumer instanceof SuspendableService pausing) {
            pausing.suspend();
        }
        while (!hasComeToRest() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    boolean hasComeToRest() {
        return atWork.get() == 0 && !(consumer instanceof ScheduledPollConsumer polling && polling.isPolling());
    }

    /** Goes on after a {@link #rest}, or a stop. */
    void startAgain() throws Exception {
        if (consumer == null) {
            start();
        } else {
            ServiceHelper.resumeService(consumer);
        }
    }

    /** Waits until what has a queue of its own has emptied it, for when nothing comes in any more; and for what is at work. */
    void drain() {
        if (alone) {
            rest();
        }
        if (consumer instanceof ShutdownAware aware) {
            aware.prepareShutdown(false, false);
        }
    }

    /** How many exchanges its queue has, where it has one of its own. */
    int waiting() {
        return consumer instanceof ShutdownAware aware ? aware.getPendingExchangesSize() : 0;
    }

    void stop() {
        Consumer stopped = consumer;
        consumer = null;
        ServiceHelper.stopAndShutdownService(stopped);
    }

    @Override
    public void process(Exchange exchange) {
        PluginHelper.getAsyncProcessorAwaitManager(exchange.getContext()).process(this, exchange);
    }

    @Override
    public CompletableFuture<Exchange> processAsync(Exchange exchange) {
        AsyncCallbackToCompletableFutureAdapter<Exchange> callback =
                new AsyncCallbackToCompletableFutureAdapter<>(exchange);
        var unused = process(exchange, callback);
        return callback.getFuture();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Journey journey = (Journey) exchange.getProperty(Journey.KEY);
        if (journey != null && journey.isOf(exchange)) {
            return goOn(journey, exchange, callback);
        }
        if (journey == null || !journey.hold()) {
            journey = begin(exchange);
            if (journey == null) {
                return refuse(exchange, callback);
            }
            exchange.setProperty(Journey.KEY, journey);
            Call call = Call.of(exchange);
            if (call != null && journey.hold()) {
                call.onEnd(journey::release);
            }
        }
        Journey held = journey;
        if (alone) {
            atWork.incrementAndGet();
        }
        return goOn(held, exchange, doneSync -> {
            callback.done(doneSync);
            held.release();
            if (alone) {
                atWork.decrementAndGet();
            }
        });
    }

    private boolean goOn(Journey journey, Exchange exchange, AsyncCallback callback) {
        LiveRoute route = journey.version().behind(this);
        return route == null ? refuse(exchange, callback) : route.process(exchange, callback);
    }

    private @Nullable Journey begin(Exchange exchange) {
        Version older = older(exchange);
        if (older != null) {
            return older.goOn(exchange);
        }
        Version version = inForce.get();
        if (version.behind(this) == null) {
            Version newest = home;
            return newest == null ? null : newest.goOn(exchange);
        }
        Journey journey = version.begin(exchange);
        while (journey == null) {
            version = inForce.get();
            journey = version.begin(exchange);
        }
        return journey;
    }

    /** The version of the route that sends {@code exchange}, where that is no longer in force. */
    private @Nullable Version older(Exchange exchange) {
        Route sender = ExchangeHelper.getRoute(exchange);
        if (sender == null || !(sender.getEndpoint() instanceof LiveEndpoint from)) {
            return null;
        }
        Version version = from.newest();
        return version == null || version == inForce.get() || version.behind(this) == null ? null : version;
    }

    private boolean refuse(Exchange exchange, AsyncCallback callback) {
        if (Call.of(exchange) == null) {
            LOG.warn("An exchange to {} has failed, since its route has been removed", this);
        }
        exchange.setException(new GatewayBusy(
                GatewayBusy.Reason.SHUTTING_DOWN, "This route has been removed", Duration.ofSeconds(5)));
        callback.done(true);
        return true;
    }

    /** The key without the secrets of its address, to be shown. */
    @Override
    public String toString() {
        return URISupport.sanitizeUri(key);
    }
}
