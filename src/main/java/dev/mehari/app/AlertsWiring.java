package dev.mehari.app;

import dev.mehari.admin.ShowAlerts;
import dev.mehari.alert.AlertEvent;
import dev.mehari.alert.AlertHook;
import dev.mehari.alert.AlertJson;
import dev.mehari.alert.AlertLog;
import dev.mehari.alert.AlertName;
import dev.mehari.alert.AlertReading;
import dev.mehari.alert.AlertRule;
import dev.mehari.alert.AlertRule.Severity;
import dev.mehari.alert.AlertStore;
import dev.mehari.alert.AlertWatch;
import dev.mehari.alert.PostAlert;
import dev.mehari.config.AlertsConfig;
import dev.mehari.outbound.HttpAlertHook;
import dev.mehari.outbound.OutboundHttp;
import dev.mehari.storage.AlertTable;
import dev.mehari.storage.Database;
import dev.mehari.telemetry.AlertMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds what raises alerts and tells of them: a look each second on a thread of its own, beside the path. */
final class AlertsWiring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertsWiring.class);

    private final AlertWatch watch;
    private final AlertLog log;
    private final AlertStore store;
    private final AlertSender sender = new AlertSender();
    private final @Nullable OutboundHttp http;
    private final @Nullable AlertHook hook;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "mehari-alerts");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Nothing is looked at before {@link #start}.
     *
     * @param port that calls come in at; less than 1 while there is none
     */
    AlertsWiring(
            AlertsConfig config,
            Database database,
            Supplier<AlertReading> reading,
            IntSupplier port,
            MeterRegistry meters) {
        store = new AlertTable(database);
        log = new AlertLog(store, database.threads());
        String host = config.instance() == null ? machine() : config.instance();
        Supplier<String> instance = () -> config.instance() == null ? host + ":" + port.getAsInt() : host;
        watch = new AlertWatch(instance, rules(config), reading, this::tell, Clock.systemUTC());
        new AlertMeters(watch).bindTo(meters);
        http = config.webhook() == null ? null : new OutboundHttp();
        hook = config.webhook() == null || http == null
                ? null
                : new HttpAlertHook(http, URI.create(config.webhook().reveal()));
    }

    private static List<AlertRule> rules(AlertsConfig config) {
        List<AlertRule> rules = new ArrayList<>();
        add(rules, AlertName.CONCURRENCY, config.concurrency());
        add(rules, AlertName.QUEUE, config.queue());
        add(rules, AlertName.REFUSALS, config.refusals());
        return rules;
    }

    private static void add(List<AlertRule> rules, AlertName name, AlertsConfig.Levels levels) {
        if (levels.warn() > 0) {
            rules.add(new AlertRule(name, Severity.WARN, levels.warn()));
        }
        if (levels.critical() > 0) {
            rules.add(new AlertRule(name, Severity.CRITICAL, levels.critical()));
        }
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            LOG.debug("This machine does not know its name", nameless);
            return "localhost";
        }
    }

    void bindTo(Main main) {
        main.bind("showAlerts", new ShowAlerts(watch, store));
        main.bind("postAlert", new PostAlert(hook));
    }

    /** Raised now. */
    List<AlertEvent> raised() {
        return watch.raised();
    }

    /** Once the routes run. */
    void start(Main main) {
        sender.start(main.getCamelContext());
        long every = AlertWatch.EVERY.toMillis();
        timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("IllegalCatch") // a look that fails must not be the last
    private void look() {
        try {
            watch.look();
            log.write();
        } catch (RuntimeException fault) {
            LOG.error("Looking for alerts failed", fault);
        }
    }

    private void tell(AlertEvent event) {
        log.add(event);
        sender.send(event, AlertJson.of(event).toString());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        sender.close();
        if (http != null) {
            http.close();
        }
    }
}
