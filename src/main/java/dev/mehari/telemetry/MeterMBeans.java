package dev.mehari.telemetry;

import java.util.Map;

/** MBeans that show what meters hold, so that a JMX console and Prometheus never differ. */
final class MeterMBeans {
    private MeterMBeans() {}

    record Limits(MeterValues meters) implements LimitsMXBean {
        @Override
        public int getLeases() {
            return (int) meters.count("mehari.limits.leases");
        }

        @Override
        public int getWaiting() {
            return (int) meters.count("mehari.limits.waiting");
        }

        @Override
        public Map<String, Long> getDecisions() {
            return meters.by("outcome", "mehari.limits.decisions");
        }
    }

    record Ledger(MeterValues meters) implements LedgerMXBean {
        @Override
        public int getWaiting() {
            return (int) meters.count("mehari.ledger.waiting");
        }

        @Override
        public long getBatches() {
            return meters.count("mehari.ledger.batches");
        }

        @Override
        public Map<String, Long> getDecisions() {
            return meters.by("by", "mehari.ledger.decisions");
        }

        @Override
        public double getAwaySeconds() {
            return meters.sum("mehari.ledger.away");
        }

        @Override
        public long getAdopted() {
            return meters.count("mehari.ledger.adopted");
        }

        @Override
        public long getLost() {
            return meters.count("mehari.ledger.lost");
        }
    }

    record Credentials(MeterValues meters) implements CredentialsMXBean {
        @Override
        public Map<String, Map<String, Long>> getStates() {
            return meters.byUpstreamAnd("state", "mehari.credentials");
        }

        @Override
        public Map<String, Map<String, Long>> getAttempts() {
            return meters.byUpstreamAnd("outcome", "mehari.upstream.attempts");
        }

        @Override
        public Map<String, Map<String, Long>> getBenches() {
            return meters.byUpstreamAnd("reason", "mehari.credential.benches");
        }

        @Override
        public int getWaiting() {
            return (int) meters.count("mehari.credentials.waiting");
        }

        @Override
        public Map<String, Long> getTokenRefreshes() {
            return meters.by("outcome", "mehari.token.refreshes");
        }
    }

    record Usage(MeterValues meters) implements UsageMXBean {
        @Override
        public Map<String, Long> getTokens() {
            return meters.by("kind", "mehari.usage.tokens");
        }

        @Override
        public double getCost() {
            return meters.sum("mehari.usage.cost");
        }

        @Override
        public long getEstimated() {
            return meters.count("mehari.usage.estimated");
        }

        @Override
        public long getUnpriced() {
            return meters.count("mehari.usage.unpriced");
        }

        @Override
        public int getUnwritten() {
            return (int) meters.count("mehari.usage.unwritten");
        }
    }

    record Audit(MeterValues meters) implements AuditMXBean {
        @Override
        public long getWritten() {
            return meters.count("mehari.audit.events");
        }

        @Override
        public int getWaiting() {
            return (int) meters.count("mehari.audit.waiting");
        }

        @Override
        public double getLagSeconds() {
            return meters.sum("mehari.audit.lag");
        }

        @Override
        public long getJournalEvents() {
            return meters.count("mehari.audit.journal");
        }

        @Override
        public long getJournalBytes() {
            return meters.count("mehari.audit.journal.size");
        }

        @Override
        public Map<String, Long> getDropped() {
            return meters.by("reason", "mehari.audit.dropped");
        }

        @Override
        public long getStoredBytes() {
            return meters.count("mehari.audit.size");
        }
    }

    record Database(MeterValues meters) implements DatabaseMXBean {
        private Map<String, Long> connections() {
            return meters.by("state", "mehari.database.connections");
        }

        @Override
        public boolean isReachable() {
            return meters.count("mehari.database.reachable") > 0;
        }

        @Override
        public int getBusyConnections() {
            return connections().getOrDefault("busy", 0L).intValue();
        }

        @Override
        public int getIdleConnections() {
            return connections().getOrDefault("idle", 0L).intValue();
        }

        @Override
        public int getWaiting() {
            return (int) meters.count("mehari.database.waiting");
        }
    }

    record Traces(MeterValues meters) implements TracesMXBean {
        @Override
        public Map<String, Long> getSpans() {
            return meters.by("outcome", "mehari.traces.spans");
        }
    }
}
