package dev.mehari.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.mehari.admission.AdmissionGate;
import dev.mehari.admission.AdmissionLimits;
import dev.mehari.answer.FailureAnswers;
import dev.mehari.audit.CallTap;
import dev.mehari.audit.EventSource;
import dev.mehari.config.Configuration;
import dev.mehari.eip.NonBlockingEips;
import dev.mehari.eip.breaker.OpenBreakers;
import dev.mehari.eip.breaker.UpstreamBreakers;
import dev.mehari.eip.jdbc.RouteStatements;
import dev.mehari.eip.seda.AdmissionQueue;
import dev.mehari.eip.seda.EventQueue;
import dev.mehari.eip.seda.NonBlockingSedaComponent;
import dev.mehari.relay.RelayHttpComponent;
import dev.mehari.routes.LiveRoutes;
import dev.mehari.routes.RouteSource;
import dev.mehari.storage.RouteDataSource;
import dev.mehari.transport.Transport;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.support.ExpressionAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Checks files with routes without a gateway: nothing listens, and no database is opened. Builds them with the parts that a
 * gateway has, and something that does nothing for each name that the packaged routes use.
 */
public final class RoutesCheck {
    private static final List<String> NAMING =
            List.of("ref", "onExceptionOccurredRef", "executorServiceRef", "onPrepare", "onPrepareRef");

    private RoutesCheck() {}

    /**
     * Something that is wrong.
     *
     * @param file null when no file in particular is to blame
     * @param line from 1 on; 0 when it is not known
     */
    public record Finding(@Nullable String file, int line, String message) {}

    /**
     * Says what keeps the files in {@code folder} from being used; none when they can be.
     *
     * @throws Exception when the folder cannot be read
     */
    public static List<Finding> problems(Path folder, Configuration configuration) throws Exception {
        Transport transport = Transport.best();
        EventLoopGroup loops = transport.newLoops(1, "mehari-check");
        Main main = new Main();
        try {
            bindParts(main, configuration, transport, loops);
            new RouteProperties(configuration, "http://127.0.0.1").applyTo(main);
            main.configure().withJmxEnabled(false);
            main.start();
            CamelContext context = main.getCamelContext();
            for (String name : packagedNames(context)) {
                if (context.getRegistry().lookupByName(name) == null) {
                    context.getRegistry().bind(name, (Processor) exchange -> {});
                }
            }
            return LiveRoutes.problems(new RouteSource.Folder(folder), context).stream()
                    .map(problem -> new Finding(problem.file(), problem.line(), problem.message()))
                    .toList();
        } finally {
            main.stop();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static void bindParts(Main main, Configuration configuration, Transport transport, EventLoopGroup loops) {
        main.bind(
                "netty-http",
                new RelayHttpComponent(
                        transport,
                        loops,
                        configuration.relay(),
                        0,
                        configuration.pool().idle(),
                        new FailureAnswers(),
                        System::nanoTime));
        main.bind("seda", new NonBlockingSedaComponent());
        main.bind(
                "nonBlockingEips",
                new NonBlockingEips(
                        loops,
                        System::nanoTime,
                        new UpstreamBreakers(exchange -> null, new OpenBreakers(System::nanoTime))));
        AdmissionGate gate = new AdmissionGate(new AdmissionLimits(1, 1, Duration.ofSeconds(1)), System::nanoTime);
        main.bind(
                "admissionQueue", new AdmissionQueue(gate, configuration.queue().heartbeat()));
        main.bind("circuitBreakerRegistry", CircuitBreakerRegistry.ofDefaults());
        main.bind("retryTimer", loops);
        main.bind("tryAgain", (Predicate) exchange -> false);
        main.bind("rateLimit", new ExpressionAdapter() {});
        main.bind("callAudit", (CallTap) (exchange, call) -> null);
        main.bind("auditQueue", new EventQueue(EventSource.NONE));
        // For sinks other than the table: no packaged route names it.
        main.bind("eventLines", (Processor) exchange -> {});
        main.bind("database", RouteDataSource.none());
        main.bind("routeStatements", new RouteStatements(Duration.ofSeconds(1)));
    }

    private static Collection<String> packagedNames(CamelContext context) throws Exception {
        YAMLMapper yaml = new YAMLMapper();
        Set<String> names = new TreeSet<>();
        for (Map.Entry<String, String> file :
                RoutesWiring.packaged(context).texts().entrySet()) {
            JsonNode root = yaml.readTree(file.getValue());
            for (String naming : NAMING) {
                root.findValues(naming).stream().filter(JsonNode::isTextual).forEach(name -> names.add(name.asText()));
            }
        }
        return names;
    }
}
