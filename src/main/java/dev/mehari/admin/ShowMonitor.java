package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.admin.MonitorView.Credential;
import dev.mehari.admin.MonitorView.LastMinute;
import dev.mehari.admin.MonitorView.Now;
import dev.mehari.admin.MonitorView.Upstream;
import java.util.Comparator;
import java.util.Locale;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/monitor} with what happens on this instance now: the fields of {@code /api/stats}, and with them
 * the last minute and the busiest keys, credentials and upstreams, at most {@value #MOST} each; named {@code showMonitor}.
 */
public final class ShowMonitor extends AdminResource {
    private static final int MOST = 100;
    private static final Comparator<Credential> CREDENTIALS_IN_TROUBLE = Comparator.comparing(Credential::state)
            .thenComparingInt(credential -> -credential.inFlight())
            .thenComparingLong(credential -> -credential.calls())
            .thenComparingLong(Credential::id);
    private static final Comparator<Upstream> BUSY_UPSTREAMS =
            Comparator.comparingInt((Upstream upstream) -> -upstream.inFlight()).thenComparing(Upstream::name);

    private final MonitorView view;

    public ShowMonitor(MonitorView view) {
        this.view = view;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        new AdminRequest(exchange).noFilters();
        AdminAnswer.put(exchange, 200, json(view.now(MOST)));
    }

    static ObjectNode json(Now now) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("instance", now.instance());
        now.state().properties().forEach(field -> json.set(field.getKey(), field.getValue()));
        json.put("streams", now.streams());
        json.set("last_minute", json(now.lastMinute()));
        json.put("keys_total", now.keysTotal());
        ArrayNode keys = json.putArray("keys");
        now.keys().forEach(key -> keys.add(json(key)));
        json.put("credentials_total", now.credentials().size());
        ArrayNode credentials = json.putArray("credentials");
        now.credentials().stream()
                .sorted(CREDENTIALS_IN_TROUBLE)
                .limit(MOST)
                .forEach(credential -> credentials.add(json(credential)));
        json.put("upstreams_total", now.upstreams().size());
        ArrayNode upstreams = json.putArray("upstreams");
        now.upstreams().stream().sorted(BUSY_UPSTREAMS).limit(MOST).forEach(upstream -> upstreams.add(json(upstream)));
        return json;
    }

    private static ObjectNode json(LastMinute minute) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        minute.calls().forEach(json.putArray("calls")::add);
        minute.refused().forEach(json.putArray("refused")::add);
        json.putObject("latency")
                .put("seconds", minute.latencySeconds())
                .put("calls", minute.latencyCalls())
                .put("p50", minute.p50())
                .put("p95", minute.p95())
                .put("p99", minute.p99())
                .put("max", minute.max());
        return json;
    }

    private static ObjectNode json(MonitorView.Key key) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", key.id())
                .put("name", key.name())
                .put("active", key.active())
                .put("waiting", key.waiting())
                .put("rps", Math.round(key.perSecond() * 100) / 100.0)
                .put("calls", key.calls())
                .put("refused", key.refused())
                .put("failed", key.failed());
    }

    private static ObjectNode json(Credential credential) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", Long.toString(credential.id()))
                .put("upstream", credential.upstream())
                .put("name", credential.name())
                .put("state", credential.state().name().replace('_', '-').toLowerCase(Locale.ROOT))
                .put("in_flight", credential.inFlight())
                .put("cap", credential.cap())
                .put("calls", credential.calls())
                .put("failures", credential.failures())
                .put(
                        "until",
                        credential.until() == null ? null : credential.until().toString());
    }

    private static ObjectNode json(Upstream upstream) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", upstream.name())
                .put("state", upstream.state())
                .put("breaker", upstream.breaker())
                .put("in_flight", upstream.inFlight())
                .put("calls", upstream.calls())
                .put("failures", upstream.failures())
                .put("not_permitted", upstream.notPermitted());
    }
}
