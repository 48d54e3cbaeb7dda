package dev.mehari.app;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.mehari.admin.AdminToken;
import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionLimits;
import dev.mehari.answer.AnswerFailure;
import dev.mehari.answer.FailureAnswers;
import dev.mehari.caller.AdmitAnyone;
import dev.mehari.caller.FirstKey;
import dev.mehari.caller.KeyCache;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.caller.NewKey;
import dev.mehari.config.Configuration;
import dev.mehari.config.ProxyDefaults;
import dev.mehari.eip.NonBlockingEips;
import dev.mehari.eip.seda.AdmissionQueue;
import dev.mehari.eip.seda.NonBlockingSedaComponent;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.relay.PassUpstreamAnswer;
import dev.mehari.relay.RelayHttpComponent;
import dev.mehari.relay.UpstreamLocation;
import dev.mehari.settings.LiveSettings;
import dev.mehari.settings.SettingsInForce;
import dev.mehari.simulator.SimulatedUpstream;
import dev.mehari.storage.ApiKeyTable;
import dev.mehari.storage.Database;
import dev.mehari.storage.KeyRegistryTable;
import dev.mehari.storage.SettingTable;
import dev.mehari.transport.Transport;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.Upstreams;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Exchange;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.ExpressionAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where objects are built and bound to the names that routes use; read it top-down for the object graph.
 */
@SuppressWarnings("try") // close waits for calls, and may be interrupted
final class Wiring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
    private static final Duration AFTER_BREAKING_OFF = Duration.ofSeconds(2);

    private final Configuration configuration;
    private final int adminPort;
    private final Database database;
    private final EventLoopGroup loops;
    private final LiveSettings settings;
    private final ApiKeyTable keyTable;
    private final KeyCache keys;
    private final AdmissionGate gate;
    private final UpstreamsWiring upstreams;
    private final RelayHttpComponent relay;
    private final UpstreamLocations locations = new UpstreamLocations();
    private final WarmUp warmUp;
    private final Management management;
    private final AuditWiring audit;
    private final PoolWiring pool;
    private final UsageWiring usage;
    private final LimitsWiring limits;
    private final AdminWiring admin;
    private final AlertsWiring alerts;
    private final MonitorWiring monitor = new MonitorWiring();
    private final RoutesWiring routes;
    private final ManagementServer managementServer;
    private final AuditViewWiring auditView;
    private final CaptureWiring capture;
    private final StepsMain main = new StepsMain();

    /**
     * @param folder with the routes; null for the packaged ones
     * @param opened given whatever is to be closed after this, also when this fails half-way
     */
    Wiring(Configuration configuration, @Nullable Path folder, AdminToken token, Database database, Opened opened)
            throws StorageUnavailable {
        this.configuration = configuration;
        SecureRandom random = new SecureRandom();
        adminPort = FreePort.unlessGiven(configuration.listen().adminPort(), random);
        managementServer = new ManagementServer(configuration.listen().adminHost(), adminPort);
        this.database = database;
        CredentialsWiring credentials = new CredentialsWiring(configuration, database, random);
        UpstreamsWiring.applyFile(configuration, database, credentials.declared(), System.getenv());
        Transport transport = Transport.best();
        loops = transport.newLoops(Runtime.getRuntime().availableProcessors(), "mehari-io");
        opened.add(() -> loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly());

        SettingTable settingTable = new SettingTable(database);
        settings = new LiveSettings(initially(configuration), settingTable);
        gate = new AdmissionGate(limits(settings.current()), System::nanoTime);
        settings.onChange(changed -> gate.apply(limits(changed)));
        keyTable = new ApiKeyTable(database);
        keys = new KeyCache(keyTable, database.threads(), Ticker.systemTicker());

        boolean simulate = configuration.target().isNothingConfigured();
        SimulatedUpstream simulated = simulate ? opened.add(SimulatedUpstream.start()) : null;
        upstreams = new UpstreamsWiring(configuration, database, simulated == null ? null : simulated.uri());

        FailureAnswers answers = new FailureAnswers();
        relay = new RelayHttpComponent(
                transport,
                loops,
                configuration.relay(),
                configuration.pool().maxSize(),
                configuration.pool().idle(),
                answers,
                System::nanoTime);
        warmUp = new WarmUp(random);
        relay.chooseUpstreamBy(this::location);
        upstreams
                .upstreams()
                .prepareBy(coming ->
                        relay.prepare(coming.stream().map(locations::of).toList()));
        // Camel's own would stop the routes at the signal, under the calls that are to finish first.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());

        TryWiring tries = new TryWiring(configuration, loops, warmUp);
        EventNotes events = new EventNotes(upstreams.store(), database.threads(), Clock.systemUTC());
        main.bind("netty-http", relay);
        main.bind("seda", new NonBlockingSedaComponent());
        main.bind("nonBlockingEips", new NonBlockingEips(loops, System::nanoTime, tries.breakers()));
        main.bind("rateLimit", new RateLimit(settings, warmUp));
        capture = opened.add(new CaptureWiring(configuration.capture(), database, credentials.secrets(), random));
        main.bind(
                "identifyCaller",
                warmUp.admitted(
                        configuration.auth().required()
                                ? KeysWiring.identifyCaller(
                                        keyTable,
                                        keys,
                                        database,
                                        Clock.systemUTC(),
                                        monitor::identified,
                                        capture.calls())
                                : AsyncProcessorConverterHelper.convert(new AdmitAnyone(monitor::identified))));
        KeyRegistry registry = new KeyRegistryTable(database);
        KeysWiring.bindTo(main, registry, random, Clock.systemUTC());
        main.bind("passUpstreamAnswer", new PassUpstreamAnswer());
        main.bind("answerFailure", new AnswerFailure(answers, tries.openBreakers()::retryAfter));
        management = opened.add(new Management(
                configuration,
                settings,
                gate,
                relay,
                database,
                upstreams.upstreams().all(),
                tries,
                events));
        audit = opened.add(new AuditWiring(configuration, database, management.meters(), warmUp, random));
        audit.bindTo(main);
        management.bindTo(main, warmUp, monitor.observer(), audit);
        main.bind(
                "admissionQueue",
                new AdmissionQueue(gate, configuration.queue().heartbeat(), warmUp.unheard(management.waits())));
        pool = opened.add(new PoolWiring(
                configuration,
                database,
                credentials,
                upstreams,
                tries.health(),
                events,
                management.meters(),
                loops,
                random));
        pool.bindTo(main);
        credentials.bindTo(main, pool::live, pool::refresh, pool.tester(), new InForce(pool::reload));
        upstreams.bindTo(main, pool.marks(), pool.ejections(), tries.health(), warmUp);
        upstreams.alsoReload(() -> tries.breakers().retain(upstreamNames()));
        usage = opened.add(new UsageWiring(database, management.meters(), warmUp));
        usage.bindTo(main);
        tries.bindTo(main, management.meters(), pool, this::upstreamNames, usage.meterFailedTry());
        limits = opened.add(new LimitsWiring(configuration, database, usage.estimate()));
        limits.bindTo(main, management.meters());
        admin = new AdminWiring(
                configuration.admin(),
                token,
                database,
                registry,
                limits.office(),
                new QueuesState(gate, limits.queues()));
        admin.bindTo(main);
        alerts = opened.add(new AlertsWiring(
                configuration.alerts(), database, management::reading, this::portOrNone, management.meters()));
        alerts.bindTo(main);
        management.alsoShow(alerts::raised);
        monitor.bindTo(main, management, gate, limits.queues(), relay, pool, tries.breakers(), this::upstreamNames);
        TracesWiring.applyTo(main, configuration.traces(), management.meters(), warmUp, opened);
        routes = new RoutesWiring(folder, configuration.routes(), management.meters());
        routes.bindTo(main);
        management.alsoSay("routes", routes::trouble);
        management.alsoSay("audit", audit::trouble);
        auditView = opened.add(new AuditViewWiring(
                configuration.auditKeep(), () -> settings.current().auditKeep(), database, audit.signer()));
        auditView.bindTo(main, management.meters());
        capture.bindTo(main, management.meters());
        new RouteProperties(configuration, base(upstreams.upstreams().all())).applyTo(main);
    }

    private List<String> upstreamNames() {
        return upstreams.upstreams().all().stream().map(Upstream::name).toList();
    }

    static SettingsInForce initially(Configuration configuration) {
        ProxyDefaults defaults = configuration.proxy();
        return new SettingsInForce(
                defaults.maxConcurrent(),
                defaults.rateLimit(),
                defaults.maxQueue(),
                defaults.queueTimeout(),
                configuration.auditKeep().events());
    }

    private static AdmissionLimits limits(SettingsInForce settings) {
        return new AdmissionLimits(settings.maxConcurrent(), settings.maxQueue(), settings.queueTimeout());
    }

    /** Of the first; some address that nobody is sent to when there is none yet. */
    private static String base(List<Upstream> upstreams) {
        return upstreams.stream()
                .findFirst()
                .map(first -> (first.tls() ? "https://" : "http://") + first.authority() + first.basePath())
                .orElse("http://127.0.0.1");
    }

    private @Nullable UpstreamLocation location(Exchange exchange) {
        UpstreamLocation rehearsed = warmUp.location(exchange);
        if (rehearsed != null) {
            return rehearsed;
        }
        return exchange.getProperty(ExchangeKeys.UPSTREAM) instanceof Upstream upstream ? locations.of(upstream) : null;
    }

    @Nullable
    NewKey ensureFirstKey(@Nullable String chosen, SecureRandom random) throws StorageUnavailable {
        return new FirstKey(keyTable, random).ensure(chosen).orElse(null);
    }

    void start() throws Exception {
        management.keepTime(loops);
        settings.reload();
        admin.start();
        SettingTable.follow(database.listener(), settings);
        ApiKeyTable.follow(database.listener(), keys);
        upstreams.start(database.listener());
        pool.start(database.listener());
        usage.start(database.listener());
        limits.start(database.listener(), loops);
        database.listener().start();
        main.start();
        main.getCamelContext().addService(managementServer, true, true);
        routes.start(main.getCamelContext());
        managementServer.letIn();
        warmUp.run(configuration.listen().host(), port(), configuration.start().warmUp());
        gate.startOver();
        alerts.start(main);
        management.ready();
        auditView.start();
        capture.start();
    }

    int port() {
        return relay.port(configuration.listen().host(), configuration.listen().port());
    }

    private int portOrNone() {
        return Math.max(0, port());
    }

    int adminPort() {
        return adminPort;
    }

    Upstreams upstreams() {
        return upstreams.upstreams();
    }

    /**
     * Says that it is not ready, then stops accepting, lets calls finish for as long as configured, then ends them with an
     * explicit error.
     */
    @Override
    public void close() throws Exception {
        management.stopping();
        letBalancersNotice(configuration.shutdown().notice());
        relay.stopAccepting();
        if (!awaitCalls(configuration.shutdown().drain())) {
            LOG.warn(
                    "{} calls were still under way after {}; ending them",
                    relay.callsUnderWay(),
                    configuration.shutdown().drain());
            gate.close();
            relay.breakOff(new GatewayBusy(
                    GatewayBusy.Reason.SHUTTING_DOWN,
                    "The gateway is shutting down; try again",
                    Duration.ofSeconds(1)));
            awaitCalls(AFTER_BREAKING_OFF);
        }
        audit.emptyQueue();
        managementServer.keepOut();
        routes.close();
        main.stop();
    }

    private static void letBalancersNotice(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private boolean awaitCalls(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (relay.callsUnderWay() > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return relay.callsUnderWay() == 0;
    }

    /** What {@code throttle} asks for each request: {@code proxy.rate_limit}, where 0 means no limit. */
    private static final class RateLimit extends ExpressionAdapter {
        private final LiveSettings settings;
        private final WarmUp warmUp;

        RateLimit(LiveSettings settings, WarmUp warmUp) {
            this.settings = settings;
            this.warmUp = warmUp;
        }

        @Override
        public Object evaluate(Exchange exchange) {
            int limit = settings.current().rateLimit();
            return limit == 0 || warmUp.isOurs(exchange) ? Integer.MAX_VALUE : limit;
        }
    }
}
