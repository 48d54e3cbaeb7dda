package dev.mehari.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.PoolAdmin;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** What a gateway without calls still holds, by what it says and by what its upstreams see. */
final class Leftovers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PAUSE_NANOS = 100_000_000;
    /** Buffers are pooled in chunks of 4 MiB for each of some threads. */
    private static final long GROWTH_MIB = 32;

    private final MehariProcess mehari;
    private final PoolAdmin admin;
    private final List<StubUpstream> upstreams;
    private final long directMib;

    /** To be made when the gateway is warm: from then on, direct memory should not grow. */
    Leftovers(MehariProcess mehari, PoolAdmin admin, List<StubUpstream> upstreams) throws Exception {
        this.mehari = mehari;
        this.admin = admin;
        this.upstreams = List.copyOf(upstreams);
        directMib = directMib(gauges());
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
                "credentials with calls under way",
                admin.credentials("").stream()
                        .filter(credential -> credential.path("in_flight").asLong(-1) != 0)
                        .count());
        List<String> gauges = gauges();
        left.put("calls that wait for a credential", sum(gauges, "mehari_credentials_waiting "));
        left.put("busy upstream connections", sum(gauges, "mehari_pool_connections{state=\"busy\""));
        long known = sum(gauges, "mehari_pool_connections{");
        long open = upstreams.stream().mapToLong(StubUpstream::openConnections).sum();
        left.put("upstream connections that the pool does not know", Math.max(0, open - known));
        left.put(
                "calls that upstreams see under way",
                upstreams.stream().mapToLong(StubUpstream::inFlight).sum());
        left.put(
                "MiB of direct memory beyond what is allowed", Math.max(0, directMib(gauges) - directMib - GROWTH_MIB));
        left.put(
                "leaked buffers",
                mehari.text().lines().filter(line -> line.contains("LEAK:")).count());
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

    private List<String> gauges() throws Exception {
        return admin.send("GET", "/q/metrics", "").body().lines().toList();
    }

    private static long directMib(List<String> gauges) {
        return sum(gauges, "jvm_buffer_memory_used_bytes{id=\"direct\"") >> 20;
    }

    /** Of those that begin so, of which there has to be one. */
    private static long sum(List<String> gauges, String begin) {
        List<String> found =
                gauges.stream().filter(line -> line.startsWith(begin)).toList();
        if (found.isEmpty()) {
            throw new IllegalStateException("no metric " + begin);
        }
        return found.stream()
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
