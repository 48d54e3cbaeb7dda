package dev.mehari.cli.monitor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Answers of a gateway as a test wants them. */
final class Readings {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode json = JSON.createObjectNode();

    private Readings() {
        json.put("instance", "gw-1:8080")
                .put("timestamp", "2026-11-21T10:12:33.5Z")
                .put("status", "healthy")
                .put("streams", 3);
        json.putObject("config").put("max_queue_size", 200);
        json.putObject("metrics").put("max_concurrent", 100);
        ObjectNode minute = json.putObject("last_minute");
        minute.putArray("calls");
        minute.putArray("refused");
        minute.putObject("latency").put("seconds", 61);
        for (String list : new String[] {"upstreams", "keys", "credentials"}) {
            json.putArray(list);
        }
    }

    /** One that has nothing to do. */
    static Readings idle() {
        return new Readings();
    }

    /** One that has something of everything. */
    static Readings busy() {
        Readings busy = idle().load(42, 3)
                .minute(new int[] {0, 5, 10, 20, 40, 80}, new int[] {0, 0, 0, 1, 2, 0})
                .upstream("openai", "up", "closed")
                .upstream("anthropic", "ejected", "half_open")
                .credential("prod-1", "benched")
                .credential("prod-2", "usable");
        busy.metrics()
                .put("current_rps", 37.75)
                .put("total_requests", 120345)
                .put("rejected_requests", 17)
                .put("open_requests", 45);
        ((ObjectNode) busy.json.at("/last_minute/latency"))
                .put("calls", 155)
                .put("p50", 12.34)
                .put("p95", 80.5)
                .put("p99", 1234.5);
        return busy.key("alice", 30, 3).key("bob", 12, 0);
    }

    private ObjectNode metrics() {
        return (ObjectNode) json.get("metrics");
    }

    /** Of 100 permits. */
    Readings load(int active, int waiting) {
        metrics().put("active_requests", active).put("queued_requests", waiting);
        return this;
    }

    Readings minute(int[] calls, int[] refused) {
        ObjectNode minute = (ObjectNode) json.get("last_minute");
        fill(minute.putArray("calls"), calls);
        fill(minute.putArray("refused"), refused);
        return this;
    }

    private static void fill(ArrayNode seconds, int[] latest) {
        for (int i = latest.length; i < 60; i++) {
            seconds.add(0);
        }
        for (int count : latest) {
            seconds.add(count);
        }
    }

    Readings upstream(String name, String state, String breaker) {
        json.withArray("upstreams")
                .addObject()
                .put("name", name)
                .put("state", state)
                .put("breaker", breaker)
                .put("in_flight", 21)
                .put("calls", 100)
                .put("failures", 2);
        return this;
    }

    Readings key(String name, int active, int waiting) {
        json.withArray("keys")
                .addObject()
                .put("name", name)
                .put("active", active)
                .put("waiting", waiting)
                .put("rps", 18.5)
                .put("calls", 60000)
                .put("refused", 7)
                .put("failed", 1);
        return this;
    }

    Readings credential(String name, String state) {
        json.withArray("credentials")
                .addObject()
                .put("name", name)
                .put("upstream", "openai")
                .put("state", state)
                .put("until", state.equals("benched") ? "2026-11-21T10:13:02.6Z" : null)
                .put("in_flight", 2)
                .put("cap", 5)
                .put("calls", 900)
                .put("failures", 4);
        return this;
    }

    Readings with(String name, String value) {
        json.put(name, value);
        return this;
    }

    Readings total(String list, int total) {
        json.put(list + "_total", total);
        return this;
    }

    ObjectNode json() {
        return json;
    }

    Reading reading() {
        return Reading.of(json);
    }
}
