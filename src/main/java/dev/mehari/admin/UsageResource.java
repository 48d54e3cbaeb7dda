package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A resource that asks storage: a wrong field becomes 400 with its name, a database that is away 503. */
abstract class UsageResource implements Processor {
    abstract void answer(Exchange exchange) throws WrongField, StorageUnavailable;

    @Override
    public final void process(Exchange exchange) {
        try {
            answer(exchange);
        } catch (WrongField wrong) {
            putError(exchange, 400, wrong.code(), String.valueOf(wrong.getMessage()), wrong.field());
        } catch (StorageUnavailable away) {
            AdminAnswer.putError(exchange, 503, away.code(), String.valueOf(away.getMessage()));
            exchange.getMessage().setHeader("Retry-After", 1);
        }
    }

    static void putError(Exchange exchange, int status, String code, String text, String field) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("error").put("code", code).put("message", text).put("field", field);
        AdminAnswer.put(exchange, status, json);
    }
}
