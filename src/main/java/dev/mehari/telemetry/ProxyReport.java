package dev.mehari.telemetry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.Locale;

/**
 * The state of the gateway as {@code /proxy-health}, {@code /proxy-metrics} and {@code /api/stats} show it: one JSON object
 * with {@code status}, {@code timestamp}, {@code config} and {@code metrics}. Times within {@code metrics} are in
 * milliseconds, those within {@code config} in seconds. Each call of {@link #now} is one reading of everything.
 */
public final class ProxyReport {
    /** Below or at it, in percent over the last minute, the gateway is degraded. */
    private static final double HEALTHY_ABOVE = 80;

    private final ReportedConfig config;
    private final CallMetrics calls;
    private final AdmissionView admission;
    private final BreakerView breaker;
    private final Clock clock;

    public ProxyReport(
            ReportedConfig config, CallMetrics calls, AdmissionView admission, BreakerView breaker, Clock clock) {
        this.config = config;
        this.calls = calls;
        this.admission = admission;
        this.breaker = breaker;
        this.clock = clock;
    }

    /** How the gateway is. */
    public enum Status {
        /** Also when it has had nothing to do. */
        HEALTHY,
        /** A fifth or more of the last minute's calls failed. */
        DEGRADED,
        /** A circuit breaker is open: calls to its upstream are turned away. */
        UNHEALTHY
    }

    /** One reading. */
    public record Report(Status status, ObjectNode json) {}

    public Report now() {
        CallSnapshot counted = calls.snapshot();
        boolean open = breaker.isOpen();
        Status status = open
                ? Status.UNHEALTHY
                : counted.recentSuccessRate() > HEALTHY_ABOVE ? Status.HEALTHY : Status.DEGRADED;
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("status", status.name().toLowerCase(Locale.ROOT));
        json.put("timestamp", clock.instant().toString());
        json.putObject("config")
                .put("target", config.target())
                .put("max_concurrent_requests", admission.maxConcurrent())
                .put("max_queue_size", admission.maxQueue())
                .put("connect_timeout", config.connectTimeout().toMillis() / 1000.0)
                .put("read_timeout", config.readTimeout().toMillis() / 1000.0);
        ObjectNode metrics = json.putObject("metrics");
        addCalls(metrics, counted);
        addAdmission(metrics);
        metrics.put("circuit_open", open).put("consecutive_failures", breaker.consecutiveFailures());
        ObjectNode breakers = metrics.putObject("breakers");
        breaker.states().forEach(breakers::put);
        return new Report(status, json);
    }

    private static void addCalls(ObjectNode metrics, CallSnapshot counted) {
        CallSnapshot.Latency latency = counted.latency();
        metrics.put("total_requests", counted.total())
                .put("successful_requests", counted.successful())
                .put("failed_requests", counted.failed())
                .put("timeout_requests", counted.timeouts())
                .put("rejected_requests", counted.refused())
                .put("cancelled", counted.cancelled())
                .put("open_requests", counted.open())
                .put("success_rate", rounded(counted.successRate()))
                .put("current_rps", rounded(counted.currentRps()))
                .put("avg_response_time", latency.mean())
                .put("p50", latency.p50())
                .put("p95", latency.p95())
                .put("p99", latency.p99())
                .put("min", latency.min())
                .put("max", latency.max());
        ObjectNode refusals = metrics.putObject("rejected_by_reason");
        counted.refusals().forEach(refusals::put);
    }

    private void addAdmission(ObjectNode metrics) {
        int inUse = admission.inUse();
        int waiting = admission.waiting();
        metrics.put("active_requests", inUse)
                .put("active_workers", inUse)
                .put("available_slots", Math.max(0, admission.maxConcurrent() - inUse))
                .put("max_concurrent", admission.maxConcurrent())
                .put("queue_size", waiting)
                .put("queued_requests", waiting)
                .put("queue_rejected", admission.queueRejected())
                .put("queue_timed_out", admission.timedOut())
                .put("queue_cancelled", admission.cancelled());
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
