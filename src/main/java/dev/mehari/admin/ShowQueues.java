package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.admission.AdmissionStats;
import dev.mehari.limits.KeyQueueStats;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/queue} with the state of admission and of each key's queue, of this instance:
 * {@code {"admission":{...},"keys":[{"key_id","waiting","entered","success",...,"p99_ms"}]}}; named {@code showQueues}.
 */
public final class ShowQueues extends AdminResource {
    private final QueuesView queues;

    public ShowQueues(QueuesView queues) {
        this.queues = queues;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        new AdminRequest(exchange).noFilters();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("admission", json(queues.admission()));
        ArrayNode keys = json.putArray("keys");
        queues.keys().forEach(queue -> keys.add(json(queue)));
        AdminAnswer.put(exchange, 200, json);
    }

    private static ObjectNode json(AdmissionStats stats) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("max_concurrent", stats.maxConcurrent())
                .put("in_use", stats.inUse())
                .put("max_queue", stats.maxQueue())
                .put("waiting", stats.waiting())
                .put("entered", stats.accepted())
                .put("success", stats.admitted())
                .put("timeout", stats.timedOut())
                .put("cancelled", stats.cancelled())
                .put("rejected", stats.queueRejected() + stats.shutDown())
                .put("p50_ms", stats.waitP50().toMillis())
                .put("p90_ms", stats.waitP90().toMillis())
                .put("p99_ms", stats.waitP99().toMillis());
    }

    private static ObjectNode json(KeyQueueStats queue) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("key_id", Long.toString(queue.keyId()))
                .put("waiting", queue.waiting())
                .put("entered", queue.entered())
                .put("success", queue.success())
                .put("timeout", queue.timeout())
                .put("cancelled", queue.cancelled())
                .put("rejected", queue.rejected())
                .put("p50_ms", queue.p50().toMillis())
                .put("p90_ms", queue.p90().toMillis())
                .put("p99_ms", queue.p99().toMillis());
    }
}
