package dev.mehari.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.admin.ChangeSetting;
import dev.mehari.admin.ShowSetting;
import dev.mehari.admin.ShowSettings;
import dev.mehari.admin.ShowStats;
import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionStats;
import dev.mehari.admission.WaitObserver;
import dev.mehari.alert.AlertEvent;
import dev.mehari.alert.AlertJson;
import dev.mehari.alert.AlertReading;
import dev.mehari.answer.EndedCall;
import dev.mehari.answer.FailureRow;
import dev.mehari.answer.FailureTable;
import dev.mehari.config.Configuration;
import dev.mehari.relay.RelayHttpComponent;
import dev.mehari.settings.LiveSettings;
import dev.mehari.settings.SettingKey;
import dev.mehari.storage.Database;
import dev.mehari.telemetry.BreakerMeters;
import dev.mehari.telemetry.CallMeters;
import dev.mehari.telemetry.CallMetrics;
import dev.mehari.telemetry.CallObserver;
import dev.mehari.telemetry.CoarseClock;
import dev.mehari.telemetry.CountCall;
import dev.mehari.telemetry.DatabaseMeters;
import dev.mehari.telemetry.GenAiMeters;
import dev.mehari.telemetry.MBeans;
import dev.mehari.telemetry.PoolView;
import dev.mehari.telemetry.ProxyReport;
import dev.mehari.telemetry.ReportedConfig;
import dev.mehari.telemetry.ShowHealth;
import dev.mehari.telemetry.ShowProxyState;
import dev.mehari.telemetry.StateMeters;
import dev.mehari.telemetry.StreamMeters;
import dev.mehari.telemetry.WaitMeters;
import dev.mehari.upstream.Upstream;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.VertxOptions;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.management.JMException;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what shows the gateway and lets it be steered: metrics, health, MBeans and the admin API's processors. */
final class Management implements AutoCloseable {
    private static final int MANAGEMENT_THREADS = 2;

    private final Configuration configuration;
    private final LiveSettings settings;
    private final CallMetrics calls = new CallMetrics(System::nanoTime);
    private final CoarseClock clock = new CoarseClock(Clock.systemUTC()::millis);
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final WaitMeters waits = new WaitMeters(meters);
    private final BreakerState breaker;
    private final AdmissionState admission;
    private final RelayHttpComponent relay;
    private final PoolView pool;
    private final ProxyReport report;
    private final ShowHealth health;
    private final String target;
    private final AdmissionGate gate;
    private volatile Supplier<List<AlertEvent>> alerts = List::of;
    private @Nullable MBeans registered;

    Management(
            Configuration configuration,
            LiveSettings settings,
            AdmissionGate gate,
            RelayHttpComponent relay,
            Database database,
            List<Upstream> upstreams,
            TryWiring tries,
            BreakerListener breakerListener) {
        this.configuration = configuration;
        this.settings = settings;
        this.gate = gate;
        admission = new AdmissionState(gate);
        breaker = new BreakerState(tries.breakers(), breakerListener);
        this.relay = relay;
        pool = new PoolState(relay);
        target = upstreams.stream().map(Upstream::authority).collect(Collectors.joining(", "));
        report = new ProxyReport(
                new ReportedConfig(
                        target,
                        configuration.timeouts().connect(),
                        configuration.timeouts().firstByte()),
                calls,
                admission,
                breaker,
                Clock.systemUTC());
        health = new ShowHealth(Map.of(
                "database",
                () -> !database.watch().isAwayLongerThan(configuration.limits().outage())));
        new StateMeters(admission, breaker, pool).bindTo(meters);
        new DatabaseMeters(new DatabaseState(database)).bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        garbageCollection.bindTo(meters);
    }

    /** @param byKey told of calls, too */
    void bindTo(Main main, WarmUp warmUp, CallObserver byKey, AuditWiring audit) {
        // The management port serves a few people and a scraper; Vert.x would keep 20 threads for them.
        main.bind(
                "vertxOptions",
                new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setWorkerPoolSize(MANAGEMENT_THREADS)
                        .setInternalBlockingPoolSize(1));
        CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
        breaker.follow(breakers, new BreakerMeters(meters, breaker));
        main.bind("circuitBreakerRegistry", breakers);
        List<CallObserver> observers =
                List.of(calls, new CallMeters(meters), new GenAiMeters(meters), new StreamMeters(meters), byKey);
        main.bind("countCall", warmUp.uncounted(new CountCall(observers)));
        relay.onRefusal((call, request, failure) -> {
            FailureRow row = FailureTable.rowFor(failure);
            observers.forEach(CallObserver::begun);
            call.onEnd(() -> {
                EndedCall ended = new EndedCall(request.dialect(), call.record(), row);
                observers.forEach(observer -> observer.ended(ended));
            });
            audit.refused(call, request, row);
        });
        main.bind("showProxyHealth", ShowProxyState.health(report));
        main.bind("showProxyMetrics", ShowProxyState.metrics(report));
        main.bind("showLiveness", health.liveness());
        main.bind("showReadiness", health.readiness());
        main.bind("showMeters", (Processor) exchange -> {
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.getMessage().setHeader("Cache-Control", "no-store");
            exchange.getMessage().setHeader("X-Content-Type-Options", "nosniff");
            exchange.getMessage().setBody(meters.scrape());
        });
        SettingsAdapter adapter = new SettingsAdapter(settings, configuration);
        main.bind("showStats", new ShowStats(this::state));
        main.bind("showSettings", new ShowSettings(adapter));
        main.bind("showSetting", new ShowSetting(adapter));
        main.bind("changeSetting", new ChangeSetting(adapter));
    }

    MeterRegistry meters() {
        return meters;
    }

    /** To be told how long requests wait. */
    WaitObserver waits() {
        return waits;
    }

    /** What alerts are decided from. */
    AlertReading reading() {
        AdmissionStats stats = gate.stats();
        return new AlertReading(
                stats.inUse(), stats.maxConcurrent(), stats.waiting(), calls.endedSoFar(), calls.refusedSoFar());
    }

    /** Shows alerts beside the rest of the state from now on. */
    void alsoShow(Supplier<List<AlertEvent>> raised) {
        alerts = raised;
    }

    JsonNode state() {
        ObjectNode json = report.now().json();
        ArrayNode list = json.putArray("alerts");
        alerts.get().forEach(alert -> list.add(AlertJson.of(alert)));
        return json;
    }

    /** Keeps the meters' clock going, on {@code timer}. */
    void keepTime(ScheduledExecutorService timer) {
        timer.scheduleAtFixedRate(clock::tick, 1, 1, TimeUnit.SECONDS);
    }

    CallMetrics calls() {
        return calls;
    }

    /** Shows at {@code /q/health} what {@code trouble} says, which stops no request; null while there is none. */
    void alsoSay(String name, Supplier<@Nullable String> trouble) {
        health.alsoSay(name, trouble);
    }

    /** Requests can be served from now on. */
    void ready() throws JMException {
        registered = MBeans.register(
                ManagementFactory.getPlatformMBeanServer(),
                target,
                admission,
                breaker,
                pool,
                calls,
                this::values,
                meters);
        health.ready();
    }

    /** Requests are not to be sent here any more. */
    void stopping() {
        health.stopping();
    }

    private Map<String, String> values() {
        return Arrays.stream(SettingKey.values())
                .collect(Collectors.toMap(SettingKey::key, key -> key.of(settings.current())));
    }

    @Override
    public void close() throws JMException {
        if (registered != null) {
            registered.close();
        }
        garbageCollection.close();
        meters.close();
    }
}
