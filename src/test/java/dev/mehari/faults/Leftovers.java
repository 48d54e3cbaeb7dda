package dev.mehari.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.RawClient;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** What a gateway without calls still holds. */
final class Leftovers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PAUSE_NANOS = 100_000_000;

    private final MehariProcess mehari;
    private final PoolAdmin admin;

    Leftovers(MehariProcess mehari, PoolAdmin admin) {
        this.mehari = mehari;
        this.admin = admin;
    }

    /** How many of each kind, once there are none or {@code patience} is over. */
    Map<String, Long> awaitNone(Duration patience) throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        Map<String, Long> left = now();
        while (left.values().stream().anyMatch(count -> count != 0) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
            left = now();
        }
        return left;
    }

    private Map<String, Long> now() throws Exception {
        Map<String, Long> left = new TreeMap<>();
        left.put("leases", (long)
                admin.done("GET", "/api/leases", null).path("leases").size());
        JsonNode metrics = metrics();
        left.put("permits", metrics.path("active_requests").asLong(-1));
        left.put("open calls", metrics.path("open_requests").asLong(-1));
        left.put("waiting calls", metrics.path("queued_requests").asLong(-1));
        left.put(
                "attempts",
                admin.credentials("").stream()
                        .mapToLong(credential -> credential.path("in_flight").asLong(-1))
                        .sum());
        left.put("busy upstream connections", busyConnections());
        return left;
    }

    private JsonNode metrics() throws Exception {
        try (RawClient client = RawClient.connect(mehari.url().getPort())) {
            String body = client.get("/proxy-metrics", "Authorization", "Bearer " + mehari.apiKey())
                    .answer()
                    .body();
            return JSON.readTree(body).path("metrics");
        }
    }

    private long busyConnections() throws Exception {
        return admin.send("GET", "/q/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith("mehari_pool_connections{") && line.contains("state=\"busy\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
