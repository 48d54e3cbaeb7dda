package dev.mehari.routes;

import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.EndpointHelper;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entries that there are. One thread at a time. */
final class Entries {
    private static final Logger LOG = LoggerFactory.getLogger(Entries.class);

    private static final Duration MOMENT = Duration.ofSeconds(1);
    private static final String QUEUE = "seda:";
    private static final List<String> WITHIN = List.of(QUEUE, "direct:");
    private static final String IN_ORDER = "platform-http:";

    private final CamelContext context;
    private final Supplier<Version> inForce;
    private final Duration patience;
    private final Map<String, Entry> known = new HashMap<>();

    /**
     * @param patience how long a stop waits for what is in queues, and for what {@code aggregate} steps have gathered, at a time
     */
    Entries(CamelContext context, Supplier<Version> inForce, Duration patience) {
        this.context = context;
        this.inForce = inForce;
        this.patience = patience;
    }

    /** The entry for the {@code from} of {@code definition}; put into {@code born} when there was none. */
    Entry of(RouteDefinition definition, Map<String, Entry> born) throws Exception {
        FromDefinition from = definition.getInput();
        Endpoint endpoint = CamelContextHelper.resolveEndpoint(context, from.getEndpointUri(), null);
        String key = key(EndpointHelper.resolveEndpointUriPropertyPlaceholders(context, from.getEndpointUri()));
        Entry entry = known.get(key);
        if (entry == null) {
            entry = born.get(key);
        }
        if (entry == null) {
            entry = new Entry(key, endpoint, inForce);
            entry.check();
            born.put(key, entry);
        } else if (!entry.endpoint().equals(endpoint)) {
            throw new IllegalArgumentException("the options of " + entry
                    + " cannot change while it is in use: start the gateway again, or give it another name");
        }
        return entry;
    }

    /** Of a name inside of the gateway the options are no part; of an address they are, since they say what it takes. */
    private static String key(String uri) throws URISyntaxException {
        String plain = URISupport.normalizeUri(uri).replaceFirst("^([a-z-]+):/*", "$1:");
        int query = plain.indexOf('?');
        boolean within = WITHIN.stream().anyMatch(plain::startsWith);
        return within && query > 0 ? plain.substring(0, query) : plain;
    }

    private static boolean isWithin(Entry entry) {
        return WITHIN.contains(scheme(entry));
    }

    private static String scheme(Entry entry) {
        return entry.key().substring(0, entry.key().indexOf(':') + 1);
    }

    /**
     * Lets exchanges in through {@code born}; all or, when that fails, none. What another consumer at the same address would take
     * as well is let in through one of them at a time.
     *
     * @param behind the routes that came with them
     * @param next the version that they came with
     * @throws RoutesRefused when one cannot be started, as where its port is taken
     */
    void start(Collection<Entry> born, List<LiveRoute> behind, Version next) throws RoutesRefused {
        List<Entry> inOrder = new ArrayList<>(born);
        // What others send to comes first, and the outside last.
        inOrder.sort(Comparator.comparing((Entry entry) -> isWithin(entry) ? 0 : 1)
                .thenComparingInt(Entry::order)
                .thenComparing(Entry::key));
        List<Entry> replaced = new ArrayList<>();
        try {
            for (Entry entry : inOrder) {
                start(entry, starting -> startInPlace(starting, next, replaced), behind);
                known.put(entry.key(), entry);
            }
            for (Entry entry : toBeLast(born)) {
                start(entry, Entry::startBehindOthers, behind);
            }
        } catch (RoutesRefused refused) {
            inOrder.forEach(this::stop);
            replaced.forEach(Entries::startAgain);
            throw refused;
        }
    }

    private void startInPlace(Entry entry, Version next, List<Entry> replaced) throws Exception {
        for (Entry before : List.copyOf(known.values())) {
            if (before.isAlone()
                    && next.behind(before) == null
                    && before.address().equals(entry.address())) {
                replaced.add(before);
                patiently(before::rest);
                if (!before.hasComeToRest()) {
                    throw new IllegalStateException(
                            "the one that it replaces is still at work; put the change in force when"
                                    + " that has ended, with `mehari routes reload`");
                }
                before.stop(); // and is still known
            }
        }
        entry.start();
    }

    @SuppressWarnings("PMD.AvoidCatchingGenericException") // the others are to be started all the same
    private static void startAgain(Entry entry) {
        try {
            entry.startAgain();
        } catch (Exception failed) {
            LOG.error("{} could not be started again after a change that was refused", entry, failed);
        }
    }

    private interface Starting {
        void start(Entry entry) throws Exception;
    }

    @SuppressWarnings("PMD.AvoidCatchingGenericException") // a port that is taken, and whatever else a consumer meets
    private static void start(Entry entry, Starting starting, List<LiveRoute> behind) throws RoutesRefused {
        try {
            starting.start(entry);
        } catch (Exception failed) {
            String message = entry + " cannot be started: " + RouteText.message(failed);
            for (LiveRoute route : behind) {
                if (route.entry() == entry) {
                    int line = RouteText.lineOf(route.file(), "id: " + route.id());
                    throw new RoutesRefused(route.file().name(), line, route.id() + ": " + message, failed);
                }
            }
            throw new RoutesRefused(null, 0, message, failed);
        }
    }

    // The management port asks its consumers in the order of their start, and those that take the rest have to be last.
    private List<Entry> toBeLast(Collection<Entry> born) {
        int lowest = born.stream()
                .filter(entry -> entry.key().startsWith(IN_ORDER))
                .mapToInt(Entry::order)
                .min()
                .orElse(Integer.MAX_VALUE);
        return known.values().stream()
                .filter(entry -> entry.key().startsWith(IN_ORDER) && entry.order() > lowest && !born.contains(entry))
                .sorted(Comparator.comparingInt(Entry::order))
                .toList();
    }

    /** Lets nothing more in from outside where {@code version} has no route; returns the endpoints of what was stopped. */
    Set<Endpoint> stopOutside(Version version) {
        return stopEach(entry -> !isWithin(entry) && version.behind(entry) == null);
    }

    /** Stops what none of {@code versions} has a route behind; returns their endpoints. */
    Set<Endpoint> stopUnused(Collection<Version> versions) {
        return stopEach(entry -> versions.stream().allMatch(version -> version.behind(entry) == null));
    }

    private void stop(Entry entry) {
        entry.stop();
        known.remove(entry.key(), entry);
    }

    /** Lets nothing more in, and out what waits in queues and in {@code routes}. Blocks for so long, within bounds. */
    void stopAll(Collection<LiveRoute> routes) {
        stopEach(entry -> !isWithin(entry));
        letGatheredOut(routes); // into queues, too
        stopEach(entry -> scheme(entry).equals(QUEUE));
        letGatheredOut(routes); // what queues have brought
        stopEach(entry -> true);
    }

    /** Once what waits there has been taken, within bounds; returns their endpoints. */
    private Set<Endpoint> stopEach(Predicate<Entry> which) {
        Map<Entry, Integer> waiting = new HashMap<>();
        known.values().stream().filter(which).forEach(entry -> waiting.put(entry, entry.waiting()));
        // A long queue must not use up the time of short ones.
        List<Entry> stopping = waiting.keySet().stream()
                .sorted(Comparator.comparing(waiting::get))
                .toList();
        patiently(() -> stopping.forEach(Entry::drain));
        Set<Endpoint> stopped = new HashSet<>();
        for (Entry entry : stopping) {
            int left = entry.waiting();
            if (left > 0) {
                LOG.warn("{} exchanges were left in {} at the stop", left, entry);
            }
            stop(entry);
            stopped.add(entry.endpoint());
        }
        return stopped;
    }

    /** Lets out what steps of {@code routes} have gathered; blocks until it is through, within bounds. */
    void letGatheredOut(Collection<LiveRoute> routes) {
        patiently(() -> routes.forEach(LiveRoute::letGatheredOut)); // where a step still waits, Camel says for how many
    }

    /** The same, but goes on by itself, and returns false, when it takes more than a moment. */
    boolean letGatheredOutMeanwhile(Collection<LiveRoute> routes) {
        return hasEnded(begin(() -> routes.forEach(LiveRoute::letGatheredOut)), MOMENT);
    }

    /** Gives {@code waiting} up when it takes too long. */
    private void patiently(Runnable waiting) {
        Thread thread = begin(waiting);
        if (!hasEnded(thread, patience)) {
            thread.interrupt();
        }
    }

    private static Thread begin(Runnable waiting) {
        Thread thread = new Thread(waiting, "mehari-routes-stop");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static boolean hasEnded(Thread thread, Duration within) {
        try {
            thread.join(within.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
