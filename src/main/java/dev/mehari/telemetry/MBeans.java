package dev.mehari.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The MBeans {@code dev.mehari:type=...}, read-only, listed in {@code docs/observing.md}. They are registered by
 * {@link #register} and taken back by {@link #close}; routes and threads have MBeans of Camel's.
 */
public final class MBeans implements AutoCloseable {
    private static final String DOMAIN = "dev.mehari";

    private final MBeanServer server;
    private final List<ObjectName> registered = new ArrayList<>();

    private MBeans(MBeanServer server) {
        this.server = server;
    }

    /** Registers all; fails when another Mehari in this JVM has. */
    public static MBeans register(
            MBeanServer server,
            String target,
            AdmissionView admission,
            BreakerView breaker,
            PoolView pool,
            CallMetrics calls,
            Supplier<Map<String, String>> settings,
            MeterRegistry registry)
            throws JMException {
        var beans = new MBeans(server);
        var meters = new MeterValues(registry);
        try {
            beans.add("Admission", new Admission(admission), AdmissionMXBean.class);
            beans.add("Upstream", new UpstreamState(target, breaker, pool, meters), UpstreamMXBean.class);
            beans.add("Calls", new Calls(calls), CallsMXBean.class);
            SettingsMXBean values = settings::get;
            beans.add("Settings", values, SettingsMXBean.class);
            beans.add("Limits", new MeterMBeans.Limits(meters), LimitsMXBean.class);
            beans.add("Ledger", new MeterMBeans.Ledger(meters), LedgerMXBean.class);
            beans.add("Credentials", new MeterMBeans.Credentials(meters), CredentialsMXBean.class);
            beans.add("Usage", new MeterMBeans.Usage(meters), UsageMXBean.class);
            beans.add("Audit", new MeterMBeans.Audit(meters), AuditMXBean.class);
            beans.add("Database", new MeterMBeans.Database(meters), DatabaseMXBean.class);
            beans.add("Traces", new MeterMBeans.Traces(meters), TracesMXBean.class);
            return beans;
        } catch (JMException e) {
            beans.close();
            throw e;
        }
    }

    private <T> void add(String type, T bean, Class<T> as) throws JMException {
        var name = new ObjectName(DOMAIN, "type", type);
        server.registerMBean(new DescribedMBean(bean, as), name);
        registered.add(name);
    }

    @Override
    public void close() throws JMException {
        for (ObjectName name : registered) {
            if (server.isRegistered(name)) {
                server.unregisterMBean(name);
            }
        }
        registered.clear();
    }

    private record Admission(AdmissionView view) implements AdmissionMXBean {
        @Override
        public int getInUse() {
            return view.inUse();
        }

        @Override
        public int getMaxConcurrent() {
            return view.maxConcurrent();
        }

        @Override
        public int getWaiting() {
            return view.waiting();
        }

        @Override
        public int getMaxQueue() {
            return view.maxQueue();
        }

        @Override
        public long getRejected() {
            return view.queueRejected();
        }

        @Override
        public long getTimedOut() {
            return view.timedOut();
        }

        @Override
        public long getCancelled() {
            return view.cancelled();
        }
    }

    private record UpstreamState(String target, BreakerView breaker, PoolView pool, MeterValues meters)
            implements UpstreamMXBean {
        @Override
        public String getTarget() {
            return target;
        }

        @Override
        public boolean isCircuitOpen() {
            return breaker.isOpen();
        }

        @Override
        public Map<String, String> getBreakers() {
            return breaker.states();
        }

        @Override
        public int getConsecutiveFailures() {
            return breaker.consecutiveFailures();
        }

        @Override
        public int getBusyConnections() {
            return pool.busy();
        }

        @Override
        public int getIdleConnections() {
            return pool.idle();
        }

        @Override
        public Map<String, Long> getRetries() {
            return meters.by("outcome", "mehari.retries");
        }

        @Override
        public Map<String, Map<String, Long>> getProbes() {
            return meters.byUpstreamAnd("outcome", "mehari.probes");
        }
    }

    private record Calls(CallMetrics metrics) implements CallsMXBean {
        @Override
        public long getTotal() {
            return metrics.snapshot().total();
        }

        @Override
        public long getSuccessful() {
            return metrics.snapshot().successful();
        }

        @Override
        public long getFailed() {
            return metrics.snapshot().failed();
        }

        @Override
        public long getRefused() {
            return metrics.snapshot().refused();
        }

        @Override
        public Map<String, Long> getRefusals() {
            return metrics.snapshot().refusals();
        }

        @Override
        public long getCancelled() {
            return metrics.snapshot().cancelled();
        }

        @Override
        public long getTimeouts() {
            return metrics.snapshot().timeouts();
        }

        @Override
        public long getOpen() {
            return metrics.snapshot().open();
        }

        @Override
        public double getCurrentRps() {
            return metrics.snapshot().currentRps();
        }

        @Override
        public double getSuccessRate() {
            return metrics.snapshot().successRate();
        }

        @Override
        public double getP50Millis() {
            return metrics.snapshot().latency().p50();
        }

        @Override
        public double getP95Millis() {
            return metrics.snapshot().latency().p95();
        }

        @Override
        public double getP99Millis() {
            return metrics.snapshot().latency().p99();
        }
    }
}
