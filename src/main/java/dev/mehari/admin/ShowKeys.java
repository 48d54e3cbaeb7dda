package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.InvalidKeyField;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.caller.KeyState;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/keys} with {@code {"keys":[...]}} by id: those of {@code ?state=active}, {@code disabled},
 * {@code expired} or {@code deleted}, or {@code all}; without it all that are not deleted; named {@code showKeys}.
 */
public final class ShowKeys implements Processor {
    private final KeyRegistry keys;
    private final Clock clock;
    private final KeyAnswers answers;

    public ShowKeys(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
        answers = new KeyAnswers(clock);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        KeyAnswers.answering(this::list).process(exchange);
    }

    private void list(Exchange exchange) throws InvalidKeyField, StorageUnavailable {
        Predicate<KeyState> wanted = wanted(exchange.getMessage().getHeader("state"));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("keys");
        keys.list().stream()
                .filter(key -> wanted.test(key.state(clock.instant())))
                .forEach(key -> list.add(answers.json(key)));
        AdminAnswer.put(exchange, 200, json);
    }

    private static Predicate<KeyState> wanted(@Nullable Object asked) throws InvalidKeyField {
        if (asked == null) {
            return state -> state != KeyState.DELETED;
        }
        return switch (asked.toString()) {
            case "active" -> KeyState.ACTIVE::equals;
            case "disabled" -> KeyState.DISABLED::equals;
            case "expired" -> KeyState.EXPIRED::equals;
            case "deleted" -> KeyState.DELETED::equals;
            case "all" -> state -> true;
            default -> throw new InvalidKeyField("state", "must be active, disabled, expired, deleted or all");
        };
    }
}
