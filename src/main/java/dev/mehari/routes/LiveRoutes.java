package dev.mehari.routes;

import dev.mehari.routes.Reload.Outcome;
import dev.mehari.routes.VersionBuilder.Candidate;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes in force. All files together are one version. When they change, a new version is built and started beside the
 * one in force, then put in its place for whatever begins from then on, in one write; the old one is taken down when the last
 * request that began on it has ended. What cannot be built changes nothing. Any thread; reading files and building blocks.
 */
public final class LiveRoutes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);
    private static final long TICK_MILLIS = 500;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final RouteSource source;
    private final boolean watched;
    private final Clock clock;
    private final Duration patience;
    private final List<Version> older = new ArrayList<>();
    private final ScheduledExecutorService ticker;
    private volatile @Nullable Version inForce;
    private volatile List<RoutesProblem> problems = List.of();
    private Listener listener = reload -> {};
    private @Nullable VersionBuilder builder;
    private @Nullable Entries entries;

    /** Hears what came of each time that the files were read anew, but not of checks. */
    @FunctionalInterface
    public interface Listener {
        void reloaded(Reload reload);
    }

    /** @param watched whether changes of a folder are to be noticed by themselves */
    public LiveRoutes(RouteSource source, boolean watched, Clock clock) {
        this(source, watched, clock, STOP_PATIENCE);
    }

    /** @param patience how long a stop waits for queues, and for what {@code aggregate} steps have gathered, at a time */
    LiveRoutes(RouteSource source, boolean watched, Clock clock, Duration patience) {
        this.source = source;
        this.watched = watched && source instanceof RouteSource.Folder;
        this.clock = clock;
        this.patience = patience;
        ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "mehari-routes");
            thread.setDaemon(true);
            return thread;
        });
    }

    public synchronized void onReload(Listener hears) {
        listener = hears;
    }

    /**
     * Puts the first version in force.
     *
     * @param context started, with all that routes name bound
     * @throws RoutesRefused when the files cannot be used, or a port cannot be listened on
     * @throws IOException when they cannot be read
     */
    public synchronized void start(CamelContext context) throws IOException, RoutesRefused {
        FolderWatch watch =
                watched && source instanceof RouteSource.Folder folder ? new FolderWatch(folder.path()) : null;
        entries = new Entries(context, this::inForce, patience);
        builder = new VersionBuilder(context, entries, clock);
        Candidate first = builder.build(null, source.read());
        inForce = first.version();
        first.version().routes().forEach(route -> route.newest(first.version()));
        entries.start(first.born(), first.added(), first.version());
        ticker.scheduleWithFixedDelay(() -> tick(watch), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Says what keeps the files of {@code source} from being used, without putting them in force.
     *
     * @param context started, with something bound to each name that routes may use
     * @return none when they can be used
     */
    public static List<RoutesProblem> problems(RouteSource source, CamelContext context) throws IOException {
        Entries entries = new Entries(
                context,
                () -> {
                    throw new IllegalStateException("nothing is in force");
                },
                STOP_PATIENCE);
        VersionBuilder builder = new VersionBuilder(context, entries, Clock.systemUTC());
        try {
            builder.discard(builder.build(null, source.read()), null);
            return List.of();
        } catch (RoutesRefused refused) {
            return refused.problems();
        }
    }

    private Version inForce() {
        return Objects.requireNonNull(inForce);
    }

    @SuppressWarnings("PMD.AvoidCatchingGenericException") // the next tick may do better
    private void tick(@Nullable FolderWatch watch) {
        try {
            if (watch != null && watch.hasComeToRest()) {
                reload();
            }
            takeDownOlder();
        } catch (RuntimeException unexpected) {
            LOG.warn("Looking after the routes has failed; the ones in force go on", unexpected);
        }
    }

    /** Reads the files, and puts them in force if they can be. */
    public synchronized Reload reload() {
        Reload reload = tried(true);
        List<RoutesProblem> before = problems;
        problems = reload.problems();
        if (reload.outcome() == Outcome.REFUSED) {
            LOG.warn(
                    "The changed routes cannot be used, version {} stays in force: {}",
                    reload.version(),
                    reload.problems().stream().map(RoutesProblem::toString).toList());
        } else if (reload.outcome() == Outcome.SWAPPED) {
            LOG.info("Version {} of the routes is in force; changed: {}", reload.version(), reload.changed());
        } else if (!before.isEmpty()) {
            LOG.info("The routes are those in force again, version {}", reload.version());
        }
        listener.reloaded(reload);
        takeDownOlder();
        return reload;
    }

    /** Reads the files and says whether they could be put in force; changes nothing. */
    public synchronized Reload check() {
        return tried(false);
    }

    private Reload tried(boolean swap) {
        Version before = inForce();
        List<String> changed = List.of();
        try {
            Map<String, RouteFile> files = source.read();
            changed = changed(before, files);
            if (changed.isEmpty()) {
                return new Reload(Outcome.UNCHANGED, before.number(), changed, List.of());
            }
            VersionBuilder building = Objects.requireNonNull(builder);
            Candidate candidate = building.build(before, files);
            if (!swap) {
                building.discard(candidate, before);
                return new Reload(Outcome.SWAPPED, before.number(), changed, List.of());
            }
            swap(before, candidate);
            return new Reload(Outcome.SWAPPED, candidate.version().number(), changed, List.of());
        } catch (IOException unreadable) {
            return refused(
                    before,
                    changed,
                    List.of(new RoutesProblem(
                            null, 0, "the files in " + source.described() + " cannot be read: " + unreadable)));
        } catch (RoutesRefused refused) {
            return refused(before, changed, refused.problems());
        }
    }

    private static Reload refused(Version before, List<String> changed, List<RoutesProblem> why) {
        return new Reload(Outcome.REFUSED, before.number(), changed, why);
    }

    private void swap(Version before, Candidate candidate) throws RoutesRefused {
        Version next = candidate.version();
        Entries all = Objects.requireNonNull(entries);
        candidate.born().forEach(entry -> entry.home(next));
        try {
            all.start(candidate.born(), candidate.added(), next);
        } catch (RoutesRefused refused) {
            Objects.requireNonNull(builder).discard(candidate, before);
            throw refused;
        }
        inForce = next;
        next.routes().forEach(route -> route.newest(next));
        before.close();
        older.add(before);
        all.stopOutside(next).forEach(Objects.requireNonNull(builder)::forget);
    }

    private static List<String> changed(Version before, Map<String, RouteFile> files) {
        Set<String> names = new TreeSet<>(before.files().keySet());
        names.addAll(files.keySet());
        names.removeIf(name -> {
            LoadedFile kept = before.files().get(name);
            return kept != null && kept.file().equals(files.get(name));
        });
        return List.copyOf(names);
    }

    private synchronized void takeDownOlder() {
        List<Version> over =
                older.stream().filter(version -> underWay(version) == 0).toList();
        if (over.isEmpty()) {
            return;
        }
        List<Version> alive = new ArrayList<>(older);
        alive.removeAll(over);
        alive.add(inForce());
        Set<LiveRoute> kept = new HashSet<>();
        alive.forEach(version -> kept.addAll(version.routes()));
        VersionBuilder building = Objects.requireNonNull(builder);
        Set<LiveRoute> gone = new HashSet<>();
        over.forEach(version -> gone.addAll(version.routes()));
        gone.removeAll(kept);
        Entries all = Objects.requireNonNull(entries);
        boolean through = all.letGatheredOutMeanwhile(gone); // while the routes that it is sent to are there
        if (!through || over.stream().anyMatch(version -> underWay(version) > 0)) {
            return; // what was let out has still to end
        }
        Set<Endpoint> unused = all.stopUnused(alive);
        if (over.stream().allMatch(version -> underWay(version) == 0)) { // nothing has left a queue at the last moment
            older.removeAll(over);
            older.forEach(this::inherit);
            gone.forEach(building::remove);
        }
        unused.forEach(building::forget);
    }

    /** What comes to where only {@code left} and versions before it have routes goes through it, now that newer ones are gone. */
    private void inherit(Version left) {
        left.routes().stream()
                .map(LiveRoute::entry)
                .filter(entry -> inForce().behind(entry) == null)
                .forEach(entry -> entry.home(left));
    }

    /**
     * Requests on {@code older}, those that wait in queues for a route that only it has, and groups that the steps of its own
     * routes have let out, or gather and have promised to complete.
     */
    private long underWay(Version older) {
        Collection<LiveRoute> kept = inForce().routes();
        return older.underWay()
                + older.routes().stream()
                        .mapToInt(route -> route.entry().waitingFor(older))
                        .sum()
                + older.routes().stream()
                        .filter(route -> !kept.contains(route))
                        .mapToInt(LiveRoute::gathering)
                        .sum();
    }

    /** What is in force. */
    public synchronized RoutesState state() {
        Version now = inForce();
        List<RoutesState.File> files = now.files().values().stream()
                .map(file -> new RoutesState.File(
                        file.file().name(),
                        file.version(),
                        file.loadedAt(),
                        file.routes().stream().map(LiveRoute::id).toList()))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
        List<RoutesState.Older> before = older.stream()
                .map(version -> new RoutesState.Older(version.number(), version.loadedAt(), underWay(version)))
                .toList();
        return new RoutesState(source.described(), watched, now.number(), files, before, problems);
    }

    /** Number of the version in force; 0 before there is one. At once. */
    public int version() {
        Version now = inForce;
        return now == null ? 0 : now.number();
    }

    /** Why the files are not in force as they are now; empty when they are. At once. */
    public List<RoutesProblem> problems() {
        return problems;
    }

    /** Lets nothing more in, and out what routes have gathered and are to let out when they stop. Blocks for so long. */
    @Override
    public void close() {
        ticker.shutdownNow();
        synchronized (this) {
            if (entries != null && inForce != null) {
                Set<LiveRoute> all = new LinkedHashSet<>(inForce.routes());
                older.forEach(version -> all.addAll(version.routes()));
                entries.stopAll(all);
            }
        }
    }
}
