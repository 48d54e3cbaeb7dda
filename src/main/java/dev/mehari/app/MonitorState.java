package dev.mehari.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mehari.admin.BreakersView;
import dev.mehari.admin.MonitorView;
import dev.mehari.admission.AdmissionGate;
import dev.mehari.credential.CredentialPool;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialView;
import dev.mehari.limits.KeyQueues;
import dev.mehari.relay.RelayHttpComponent;
import dev.mehari.telemetry.CallMetrics;
import dev.mehari.telemetry.KeyTraffic;
import dev.mehari.telemetry.KeyTraffic.KeyCalls;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This instance as the admin API's monitor wants to see it.
 *
 * @param instance its name, once it listens
 * @param state as {@code /proxy-metrics} has it
 * @param upstreamState {@code up}, {@code ejected} or {@code failed}, by the upstream's name
 */
record MonitorState(
        Supplier<String> instance,
        Supplier<JsonNode> state,
        CallMetrics calls,
        KeyTraffic traffic,
        AdmissionGate gate,
        KeyQueues queues,
        RelayHttpComponent relay,
        CredentialPool pool,
        BreakersView breakers,
        Function<String, String> upstreamState)
        implements MonitorView {

    @Override
    public Now now(int mostKeys) {
        return new Now(
                instance.get(),
                state.get(),
                relay.openStreams(),
                lastMinute(),
                traffic.size(),
                keys(mostKeys),
                pool.views().stream().map(MonitorState::credential).toList(),
                breakers.all().stream().map(this::upstream).toList());
    }

    private LastMinute lastMinute() {
        var minute = calls.lastMinute();
        var latency = minute.latency();
        return new LastMinute(
                minute.calls(),
                minute.refused(),
                latency.seconds(),
                latency.calls(),
                latency.p50(),
                latency.p95(),
                latency.p99(),
                latency.max());
    }

    private List<Key> keys(int most) {
        Map<String, Integer> waiting = new HashMap<>(gate.waitingByKey());
        queues.waitingByKey().forEach((key, count) -> waiting.merge(Long.toString(key), count, Integer::sum));
        return traffic.busiest(most).stream()
                .map(key -> key(key, waiting.getOrDefault(key.id(), 0)))
                .toList();
    }

    private static Key key(KeyCalls key, int waiting) {
        return new Key(
                key.id(),
                key.name(),
                Math.max(0, key.open() - waiting),
                waiting,
                key.perSecond(),
                key.calls(),
                key.refused(),
                key.failed());
    }

    private static Credential credential(CredentialView view) {
        return new Credential(
                view.credential().id(),
                view.credential().upstream(),
                view.credential().name(),
                Credential.State.valueOf(view.state().name()),
                view.inFlight(),
                view.cap(),
                view.calls(),
                view.failures(),
                view.state() == CredentialView.State.BENCHED ? until(view.benches()) : null);
    }

    private static @Nullable Instant until(List<Bench> benches) {
        return benches.stream()
                .filter(bench -> bench.model().isEmpty())
                .map(Bench::until)
                .max(Instant::compareTo)
                .orElse(null);
    }

    private Upstream upstream(BreakersView.Breaker breaker) {
        return new Upstream(
                breaker.upstream(),
                upstreamState.apply(breaker.upstream()),
                breaker.state(),
                pool.inFlight(breaker.upstream()),
                breaker.calls(),
                breaker.failures(),
                breaker.notPermitted());
    }
}
