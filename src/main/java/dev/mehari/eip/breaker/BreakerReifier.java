package dev.mehari.eip.breaker;

import dev.mehari.eip.breaker.CountedExceptions.Kind;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.OnFallbackDefinition;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.reifier.ProcessorReifier;
import org.apache.camel.support.CamelContextHelper;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link BreakerProcessor} of YAML. Durations are in Camel's units: seconds for the breaker, milliseconds for
 * timeout and bulkhead. Refuses what could only work by holding a thread, what this part does not have, and wrong values,
 * with an {@link IllegalArgumentException} that names the option.
 */
public final class BreakerReifier extends ProcessorReifier<CircuitBreakerDefinition> {
    private final ScheduledExecutorService timer;
    private final UpstreamBreakers upstreams;

    public BreakerReifier(
            Route route,
            CircuitBreakerDefinition definition,
            ScheduledExecutorService timer,
            UpstreamBreakers upstreams) {
        super(route, definition);
        this.timer = timer;
        this.upstreams = upstreams;
    }

    @Override
    public Processor createProcessor() throws Exception {
        Processor steps = createChildProcessor(true);
        Processor fallback = createFallback();
        Resilience4jConfigurationDefinition options = MergedConfiguration.of(definition, camelContext);
        if (parseBoolean(options.getMicrometerEnabled(), false)) {
            throw refused(
                    "micrometerEnabled",
                    "is not supported; the breakers are in the CircuitBreakerRegistry, to be measured from there");
        }
        BreakerSettings settings = new BreakerSettings(
                breaker(options), bulkhead(options), timeLimiter(options), options.getCircuitBreaker() == null);
        Recovery recovery = new Recovery(
                fallback != null,
                parseBoolean(options.getThrowExceptionWhenHalfOpenOrOpenState(), false),
                counted(options, Kind.RECORDED),
                counted(options, Kind.IGNORED));
        TimeLimiterConfig limit = settings.timeLimiter();
        StepsExecutor executor = limit == null ? null : stepsExecutor(options);
        StepsTimeout timeout = limit == null || executor == null ? null : timeout(limit, executor);

        BreakerProcessor processor = new BreakerProcessor(settings, steps, fallback, recovery, upstreams, timeout);
        processor.setCamelContext(camelContext);
        processor.setDisabled(isDisabled(camelContext, definition));
        if (executor != null) {
            processor.setExecutorService(executor.service());
            processor.setShutdownExecutorService(executor.ours());
        }
        if (options.getCircuitBreaker() != null) {
            processor.setCircuitBreaker(
                    mandatoryLookup(parseString(options.getCircuitBreaker()), CircuitBreaker.class));
        }
        processor.setCircuitBreakerRegistry(registry(CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults));
        processor.setTimeLimiterRegistry(registry(TimeLimiterRegistry.class, TimeLimiterRegistry::ofDefaults));
        processor.setBulkheadRegistry(registry(BulkheadRegistry.class, BulkheadRegistry::ofDefaults));
        return processor;
    }

    private @Nullable Processor createFallback() throws Exception {
        OnFallbackDefinition onFallback = definition.getOnFallback();
        if (onFallback == null) {
            return null;
        }
        if (parseBoolean(onFallback.getFallbackViaNetwork(), false)) {
            throw new UnsupportedOperationException("camel-resilience4j does not support onFallbackViaNetwork");
        }
        return onFallback.getOutputs().isEmpty() ? null : createOutputsProcessor(onFallback.getOutputs());
    }

    private CircuitBreakerConfig breaker(Resilience4jConfigurationDefinition options) throws ClassNotFoundException {
        CircuitBreakerConfig.Builder builder = options.getConfig() == null
                ? CircuitBreakerConfig.custom()
                : CircuitBreakerConfig.from(
                        mandatoryLookup(parseString(options.getConfig()), CircuitBreakerConfig.class));
        set("failureRateThreshold", options.getFailureRateThreshold(), this::parseFloat, builder::failureRateThreshold);
        set(
                "permittedNumberOfCallsInHalfOpenState",
                options.getPermittedNumberOfCallsInHalfOpenState(),
                this::parseInt,
                builder::permittedNumberOfCallsInHalfOpenState);
        set("slidingWindowSize", options.getSlidingWindowSize(), this::parseInt, builder::slidingWindowSize);
        set("minimumNumberOfCalls", options.getMinimumNumberOfCalls(), this::parseInt, builder::minimumNumberOfCalls);
        set(
                "slidingWindowType",
                options.getSlidingWindowType(),
                text -> SlidingWindowType.valueOf(parseString(text)),
                builder::slidingWindowType);
        set(
                "slowCallDurationThreshold",
                options.getSlowCallDurationThreshold(),
                this::seconds,
                builder::slowCallDurationThreshold);
        set(
                "slowCallRateThreshold",
                options.getSlowCallRateThreshold(),
                this::parseFloat,
                builder::slowCallRateThreshold);
        set(
                "waitDurationInOpenState",
                options.getWaitDurationInOpenState(),
                this::seconds,
                builder::waitDurationInOpenState);
        set(
                "automaticTransitionFromOpenToHalfOpenEnabled",
                options.getAutomaticTransitionFromOpenToHalfOpenEnabled(),
                this::parseBoolean,
                builder::automaticTransitionFromOpenToHalfOpenEnabled);
        set(
                "writableStackTraceEnabled",
                options.getWritableStackTraceEnabled(),
                this::parseBoolean,
                builder::writableStackTraceEnabled);
        Predicate<Throwable> recorded = counted(options, Kind.RECORDED);
        if (recorded != null) {
            builder.recordException(recorded);
        }
        Predicate<Throwable> ignored = counted(options, Kind.IGNORED);
        if (ignored != null) {
            builder.ignoreException(ignored);
        }
        return builder.build();
    }

    private @Nullable BulkheadConfig bulkhead(Resilience4jConfigurationDefinition options) {
        if (!parseBoolean(options.getBulkheadEnabled(), false)) {
            return null;
        }
        BulkheadConfig.Builder builder = BulkheadConfig.custom().maxWaitDuration(Duration.ZERO);
        set(
                "bulkheadMaxConcurrentCalls",
                options.getBulkheadMaxConcurrentCalls(),
                this::parseInt,
                builder::maxConcurrentCalls);
        set("bulkheadMaxWaitDuration", options.getBulkheadMaxWaitDuration(), this::parseLong, millis -> {
            if (millis > 0) {
                throw refused(
                        "bulkheadMaxWaitDuration", "must be 0, was " + millis + ": waiting there would hold a thread");
            }
        });
        return builder.build();
    }

    private @Nullable TimeLimiterConfig timeLimiter(Resilience4jConfigurationDefinition options) {
        if (!parseBoolean(options.getTimeoutEnabled(), false)) {
            return null;
        }
        TimeLimiterConfig.Builder builder = TimeLimiterConfig.custom();
        set(
                "timeoutDuration",
                options.getTimeoutDuration(),
                text -> Duration.ofMillis(parseLong(text)),
                builder::timeoutDuration);
        set(
                "timeoutCancelRunningFuture",
                options.getTimeoutCancelRunningFuture(),
                this::parseBoolean,
                builder::cancelRunningFuture);
        return builder.build();
    }

    private StepsTimeout timeout(TimeLimiterConfig limit, StepsExecutor executor) {
        return new StepsTimeout(
                limit.getTimeoutDuration().toMillis(),
                limit.shouldCancelRunningFuture(),
                timer,
                executor.chosen() ? executor.service() : null,
                executor.service());
    }

    /** The pool that YAML names, else one whose threads are only made when a call without HTTP times out. */
    private StepsExecutor stepsExecutor(Resilience4jConfigurationDefinition options) {
        String ref = options.getTimeoutExecutorService();
        if (ref == null) {
            var manager = camelContext.getExecutorServiceManager();
            return new StepsExecutor(
                    manager.newThreadPool(this, "CircuitBreaker", manager.getDefaultThreadPoolProfile()), false, true);
        }
        ExecutorService shared = lookupByNameAndType(ref, ExecutorService.class);
        if (shared != null) {
            return new StepsExecutor(shared, true, false);
        }
        ExecutorService made = lookupExecutorServiceRef("CircuitBreaker", definition, ref);
        if (made == null) {
            throw refused("timeoutExecutorService", "names no thread pool and no thread pool profile: " + ref);
        }
        return new StepsExecutor(made, true, true);
    }

    private @Nullable Predicate<Throwable> counted(Resilience4jConfigurationDefinition options, Kind kind)
            throws ClassNotFoundException {
        return CountedExceptions.predicate(options, kind, camelContext);
    }

    private Duration seconds(String text) {
        return Duration.ofSeconds(parseLong(text));
    }

    private <T> void set(
            String option, @Nullable String text, Function<String, @Nullable T> parse, Consumer<T> setter) {
        if (text == null) {
            return;
        }
        try {
            T value = parse.apply(text);
            if (value != null) {
                setter.accept(value);
            }
        } catch (IllegalArgumentException e) {
            throw e instanceof RefusedOption ? e : new RefusedOption(where(option) + " is wrong: " + e.getMessage(), e);
        }
    }

    private <T> T registry(Class<T> type, Supplier<T> defaults) {
        T bound = CamelContextHelper.findSingleByType(camelContext, type);
        if (bound != null) {
            return bound;
        }
        var extension = camelContext.getCamelContextExtension();
        T plugin = extension.getContextPlugin(type);
        if (plugin == null) {
            plugin = defaults.get();
            extension.addContextPlugin(type, plugin);
        }
        return plugin;
    }

    private IllegalArgumentException refused(String option, String why) {
        return new RefusedOption(where(option) + " " + why, null);
    }

    private String where(String option) {
        return "circuitBreaker " + getId(definition) + ": " + option;
    }

    private record StepsExecutor(ExecutorService service, boolean chosen, boolean ours) {}

    private static final class RefusedOption extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        RefusedOption(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
