package dev.mehari.eip.throttle;

import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.apache.camel.Expression;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.ThrottlingMode;
import org.apache.camel.reifier.ProcessorReifier;

/**
 * Makes a {@link RollingThrottler} of YAML. Refuses the mode {@code ConcurrentRequests} with an
 * {@link IllegalArgumentException}: Camel's own drops its count of an exchange that runs longer than 10 s (CAMEL-24926), and
 * bounding concurrency is what {@code seda:admission} is for.
 */
public final class RollingThrottleReifier extends ProcessorReifier<ThrottleDefinition> {
    private static final long DEFAULT_PERIOD_MILLIS = 1000;

    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final KeptWindows windows;

    /** @param windows are those of the step's earlier versions, too */
    public RollingThrottleReifier(
            Route route,
            ThrottleDefinition definition,
            ScheduledExecutorService timer,
            LongSupplier nanos,
            KeptWindows windows) {
        super(route, definition);
        this.timer = timer;
        this.nanos = nanos;
        this.windows = windows;
    }

    @Override
    public Processor createProcessor() throws Exception {
        if (ThrottlingMode.toMode(parseString(definition.getMode())) == ThrottlingMode.ConcurrentRequests) {
            throw new IllegalArgumentException("throttle " + getId(definition)
                    + ": mode ConcurrentRequests is not supported; bound concurrency with seda:admission");
        }
        if (definition.getExpression() == null) {
            throw new IllegalArgumentException(
                    "MaxRequestsPerPeriod expression must be provided on throttle " + getId(definition));
        }
        Expression limit = createExpression(definition.getExpression());
        Expression correlation = definition.getCorrelationExpression() == null
                ? null
                : createExpression(definition.getCorrelationExpression());
        boolean reject = parseBoolean(definition.getRejectExecution(), false);
        boolean ownPool = !reject && willCreateNewThreadPool(definition, true);
        ScheduledExecutorService pool =
                reject ? timer : getConfiguredScheduledExecutorService("Throttle", definition, true);
        long period = parseDuration(definition.getTimePeriodMillis(), DEFAULT_PERIOD_MILLIS);
        boolean kept = reject && period > 0 && definition.hasCustomIdAssigned();
        RollingThrottler throttler = new RollingThrottler(
                camelContext,
                limit,
                period,
                pool,
                ownPool,
                reject,
                correlation,
                timer,
                nanos,
                kept ? windows.of(getId(definition), period) : null);
        throttler.setDisabled(isDisabled(camelContext, definition));
        throttler.setAsyncDelayed(parseBoolean(definition.getAsyncDelayed(), false));
        throttler.setCallerRunsWhenRejected(parseBoolean(definition.getCallerRunsWhenRejected(), true));
        return throttler;
    }
}
