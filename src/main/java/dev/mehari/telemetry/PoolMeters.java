package dev.mehari.telemetry;

import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialView;
import dev.mehari.credential.PoolObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Meters of the pool of credentials, by upstream: credentials themselves are without number. For any thread. */
public final class PoolMeters implements PoolObserver {
    private final MeterRegistry registry;
    private final Map<String, Map<Outcome, Counter>> attempts = new ConcurrentHashMap<>();
    private volatile Supplier<List<CredentialView>> views = List::of;

    public PoolMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows how the credentials of each upstream stand that has been called. */
    public void follow(Supplier<List<CredentialView>> credentials, IntSupplier waiting) {
        views = credentials;
        Gauge.builder("mehari.credentials.waiting", waiting, IntSupplier::getAsInt)
                .description("Calls that wait for a credential that is busy or refreshed")
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void ended(String upstream, Outcome outcome) {
        Map<Outcome, Counter> counters = attempts.get(upstream);
        if (counters == null) {
            counters = attempts.computeIfAbsent(upstream, this::meet);
        }
        counters.computeIfAbsent(outcome, how -> attempts(upstream, how)).increment();
    }

    private Map<Outcome, Counter> meet(String upstream) {
        for (CredentialView.State state : CredentialView.State.values()) {
            Gauge.builder("mehari.credentials", this, meters -> meters.count(upstream, state))
                    .description("Credentials by how they stand on this instance")
                    .tag("upstream", upstream)
                    .tag("state", name(state))
                    .strongReference(true)
                    .register(registry);
        }
        return new ConcurrentHashMap<>();
    }

    private double count(String upstream, CredentialView.State state) {
        return views.get().stream()
                .filter(one ->
                        one.state() == state && one.credential().upstream().equals(upstream))
                .count();
    }

    private Counter attempts(String upstream, Outcome outcome) {
        return Counter.builder("mehari.upstream.attempts")
                .description("Tries of calls at upstreams, by how they ended")
                .tag("upstream", upstream)
                .tag("outcome", name(outcome))
                .register(registry);
    }

    @Override
    public void benched(Credential credential, Bench bench) {
        Counter.builder("mehari.credential.benches")
                .description("Times that a credential was benched after an answer")
                .tag("upstream", credential.upstream())
                .tag("reason", bench.reason())
                .register(registry)
                .increment();
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
