package dev.mehari.routes;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ManagementStrategy;
import org.apache.camel.spi.NodeIdFactory;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds versions: starts the routes of the files that have changed, under ids of their own, beside those that run. What
 * cannot be built is taken down again to the last endpoint. One thread at a time.
 */
final class VersionBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(VersionBuilder.class);

    private final CamelContext context;
    private final Model model;
    private final RouteReader reader;
    private final Entries entries;
    private final Clock clock;
    private final UncountedSteps steps = new UncountedSteps();
    private long made;

    VersionBuilder(CamelContext context, Entries entries, Clock clock) {
        this.context = context;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.reader = new RouteReader(context);
        this.entries = entries;
        this.clock = clock;
        context.addLifecycleStrategy(steps);
    }

    /** A version whose routes run, and that nobody has begun a journey on; to be put in force or discarded. */
    record Candidate(Version version, List<LiveRoute> added, List<Entry> born, Set<Endpoint> before) {}

    /**
     * Builds a version of {@code files}.
     *
     * @param current whose unchanged routes are taken over; null at the start
     */
    @SuppressWarnings("PMD.AvoidCatchingGenericException") // whatever it is, nothing is left over
    Candidate build(@Nullable Version current, Map<String, RouteFile> files) throws RoutesRefused {
        Set<Endpoint> before = new HashSet<>(context.getEndpoints());
        List<RouteConfigurationDefinition> inForce = List.copyOf(model.getRouteConfigurationDefinitions());
        List<LiveRoute> added = new ArrayList<>();
        Map<String, Entry> born = new HashMap<>();
        try {
            Version version = build(current, files, added, born);
            return new Candidate(version, added, List.copyOf(born.values()), before);
        } catch (RoutesRefused | RuntimeException wrong) {
            configurations(inForce);
            discard(added, before);
            throw wrong;
        } finally {
            removeNotifiers();
        }
    }

    /**
     * Camel tells its startup listeners of each route that starts later as if everything had, and that of the management
     * port's server adds an event notifier each time. Only the start is told to them, but at each asynchronous step of each
     * call Camel asks them all.
     */
    private void removeNotifiers() {
        ManagementStrategy management = context.getManagementStrategy();
        List.copyOf(management.getEventNotifiers()).forEach(management::removeEventNotifier);
    }

    private Version build(
            @Nullable Version current, Map<String, RouteFile> files, List<LiveRoute> added, Map<String, Entry> born)
            throws RoutesRefused {
        int number = current == null ? 1 : current.number() + 1;
        Map<String, RouteReader.Parsed> parsed = parse(changed(current, files));
        if (current != null && (anyConfigures(parsed) || configuredBefore(current, files, parsed.keySet()))) {
            parsed = parse(files); // what a configuration says is part of all routes
        }
        List<RouteConfigurationDefinition> all = new ArrayList<>();
        Map<String, LoadedFile> loaded = new TreeMap<>();
        for (String name : files.keySet()) {
            RouteReader.Parsed fresh = parsed.get(name);
            LoadedFile kept = current == null ? null : current.files().get(name);
            if (fresh != null) {
                all.addAll(fresh.configurations());
            } else if (kept != null) {
                all.addAll(kept.configurations());
                loaded.put(name, kept);
            }
        }
        configurations(all);
        List<RoutesProblem> problems = new ArrayList<>();
        for (RouteReader.Parsed fresh : parsed.values()) {
            try {
                List<LiveRoute> routes = start(fresh, number, added, born);
                loaded.put(fresh.file().name(), loaded(current, fresh, number, routes));
            } catch (RoutesRefused wrong) {
                problems.addAll(wrong.problems());
            }
        }
        if (problems.isEmpty()) {
            problems.addAll(VersionRules.problems(loaded, context));
        }
        if (!problems.isEmpty()) {
            throw new RoutesRefused(problems, null);
        }
        return new Version(number, clock.instant(), loaded);
    }

    private LoadedFile loaded(@Nullable Version current, RouteReader.Parsed fresh, int number, List<LiveRoute> routes) {
        LoadedFile kept =
                current == null ? null : current.files().get(fresh.file().name());
        return kept != null && kept.file().equals(fresh.file())
                ? new LoadedFile(kept.file(), kept.version(), kept.loadedAt(), fresh.configurations(), routes)
                : new LoadedFile(fresh.file(), number, clock.instant(), fresh.configurations(), routes);
    }

    private Map<String, RouteReader.Parsed> parse(Map<String, RouteFile> files) throws RoutesRefused {
        Map<String, RouteReader.Parsed> parsed = new TreeMap<>();
        List<RoutesProblem> problems = new ArrayList<>();
        Throwable first = null;
        for (RouteFile file : files.values()) {
            try {
                parsed.put(file.name(), reader.parse(file));
            } catch (RoutesRefused refused) {
                first = first == null ? refused : first;
                problems.addAll(refused.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new RoutesRefused(problems, first);
        }
        return parsed;
    }

    private static Map<String, RouteFile> changed(@Nullable Version current, Map<String, RouteFile> files) {
        Map<String, RouteFile> changed = new TreeMap<>(files);
        if (current != null) {
            changed.values().removeIf(file -> {
                LoadedFile kept = current.files().get(file.name());
                return kept != null && kept.file().equals(file);
            });
        }
        return changed;
    }

    private static boolean anyConfigures(Map<String, RouteReader.Parsed> parsed) {
        return parsed.values().stream().anyMatch(file -> !file.configurations().isEmpty());
    }

    private static boolean configuredBefore(Version current, Map<String, RouteFile> files, Set<String> changed) {
        return current.files().values().stream()
                .filter(kept -> !kept.configurations().isEmpty())
                .map(kept -> kept.file().name())
                .anyMatch(name -> changed.contains(name) || !files.containsKey(name));
    }

    /** Which of them hold is asked by Camel when a route is prepared, and never again. */
    private void configurations(List<RouteConfigurationDefinition> all) throws RoutesRefused {
        List<RouteConfigurationDefinition> known = model.getRouteConfigurationDefinitions();
        known.clear();
        for (RouteConfigurationDefinition configuration : all) {
            String id = configuration.getId();
            if (id != null && known.stream().anyMatch(other -> id.equals(other.getId()))) {
                throw new RoutesRefused(null, 0, "there are two routeConfigurations with the id " + id, null);
            }
            known.add(configuration);
        }
    }

    @SuppressWarnings("PMD.AvoidCatchingGenericException") // Camel throws what it likes at what it cannot build
    private List<LiveRoute> start(RouteReader.Parsed parsed, int number, List<LiveRoute> added, Map<String, Entry> born)
            throws RoutesRefused {
        RouteFile file = parsed.file();
        List<LiveRoute> started = new ArrayList<>();
        for (RouteDefinition definition : reader.routes(parsed)) {
            if ("false".equals(definition.getAutoStartup())) {
                continue;
            }
            String id = definition.idOrCreate(context.getCamelContextExtension().getContextPlugin(NodeIdFactory.class));
            try {
                Entry entry = entries.of(definition, born);
                String unique = number == 1 ? id : id + "@" + ++made;
                LiveEndpoint from = new LiveEndpoint(unique, context);
                Integer order = definition.getStartupOrder();
                entry.order(order == null ? 0 : order);
                definition.setStartupOrder(null);
                definition.setId(unique);
                definition.getInput().setEndpoint(from);
                LiveRoute route = new LiveRoute(id, file, definition, entry, from);
                added.add(route);
                model.addRouteDefinition(definition);
                started.add(route);
            } catch (Exception wrong) {
                throw new RoutesRefused(
                        file.name(), RouteText.lineOf(file, wrong, id), id + ": " + RouteText.message(wrong), wrong);
            }
        }
        return started;
    }

    /** Takes down what was built for {@code candidate}, as if it had never been; {@code current} stays in force. */
    void discard(Candidate candidate, @Nullable Version current) {
        List<RouteConfigurationDefinition> known = model.getRouteConfigurationDefinitions();
        known.clear();
        if (current != null) {
            current.files().values().forEach(file -> known.addAll(file.configurations()));
        }
        discard(candidate.added(), candidate.before());
    }

    private void discard(List<LiveRoute> added, Set<Endpoint> before) {
        added.forEach(this::remove);
        steps.forgetUnbuilt(context);
        for (Endpoint endpoint : List.copyOf(context.getEndpoints())) {
            if (!before.contains(endpoint)) {
                forget(endpoint);
            }
        }
    }

    /** Takes {@code route} down; nothing may be under way on it. */
    @SuppressWarnings("PMD.AvoidCatchingGenericException") // the others are to be taken down all the same
    void remove(LiveRoute route) {
        try {
            model.removeRouteDefinition(route.definition());
        } catch (Exception stuck) {
            LOG.warn(
                    "The old route {} could not be taken down whole",
                    route.definition().getId(),
                    stuck);
        }
    }

    @SuppressWarnings("PMD.AvoidCatchingGenericException")
    void forget(Endpoint endpoint) {
        try {
            context.removeEndpoint(endpoint);
            ServiceHelper.stopAndShutdownService(endpoint); // Camel only stops it; a queue goes when it is shut down
        } catch (Exception stuck) {
            LOG.warn("The endpoint {} could not be taken down whole", endpoint, stuck);
        }
    }
}
