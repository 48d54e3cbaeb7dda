package dev.mehari.app;

import dev.mehari.config.ProbeConfig;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.outbound.HttpProbes;
import dev.mehari.outbound.OutboundHttp;
import dev.mehari.probe.ProbeHeaders;
import dev.mehari.probe.Prober;
import dev.mehari.probe.Switches;
import dev.mehari.probe.UpstreamStates;
import dev.mehari.telemetry.ProbeMeters;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Builds what knows whether upstreams work. */
final class HealthWiring implements AutoCloseable {
    private static final int WORD_LENGTH = 8;

    private final UpstreamStates states;
    private final Switches switches;
    private final Prober prober;

    /**
     * Nothing is asked before {@link #start}.
     *
     * @param upstreams all that are enabled, now
     * @param headers the pool's credentials
     * @param blocking where the store is used
     */
    HealthWiring(
            ProbeConfig config,
            UpstreamStore store,
            Supplier<? extends Collection<Upstream>> upstreams,
            ProbeHeaders headers,
            OutboundHttp http,
            Executor blocking,
            ScheduledExecutorService timer,
            MeterRegistry meters,
            SecureRandom random) {
        states = new UpstreamStates(store, upstreams, System::nanoTime);
        switches = new Switches(store, blocking, Clock.systemUTC());
        prober = new Prober(
                upstreams,
                store,
                states,
                new HttpProbes(http),
                headers,
                new ProbeMeters(meters),
                config,
                () -> word(random),
                blocking,
                (wait, work) -> timer.schedule(work, wait.toNanos(), TimeUnit.NANOSECONDS),
                System::nanoTime);
    }

    private static String word(SecureRandom random) {
        return random.ints(WORD_LENGTH, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /**
     * Whether upstreams can be used, for choosing one; hears of how calls end; to be reloaded whenever upstreams may have
     * changed.
     */
    UpstreamStates states() {
        return states;
    }

    /** Hears which upstream was chosen for each call. */
    Switches switches() {
        return switches;
    }

    /** Knows what is marked, and begins to ask. Blocks. */
    void start() throws StorageUnavailable {
        states.reload();
        prober.start();
    }

    @Override
    public void close() {
        prober.close();
    }
}
