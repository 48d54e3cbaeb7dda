package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.caller.KeyState;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/keys} with {@code {"keys":[...]}} by id: those of {@code ?state=active}, {@code disabled},
 * {@code expired} or {@code deleted}, or {@code all}; without it all that are not deleted; named {@code showKeys}.
 */
public final class ShowKeys extends AdminResource {
    private static final String STATE = "state";

    private final KeyRegistry keys;
    private final Clock clock;
    private final KeyAnswers answers;

    public ShowKeys(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
        answers = new KeyAnswers(clock);
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        Predicate<KeyState> wanted =
                wanted(new AdminRequest(exchange).filters(Set.of(STATE)).get(STATE));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("keys");
        keys.list().stream()
                .filter(key -> wanted.test(key.state(clock.instant())))
                .forEach(key -> list.add(answers.json(key)));
        AdminAnswer.put(exchange, 200, json);
    }

    private static Predicate<KeyState> wanted(@Nullable String asked) throws AdminRefusal {
        if (asked == null) {
            return state -> state != KeyState.DELETED;
        }
        return switch (asked) {
            case "active" -> KeyState.ACTIVE::equals;
            case "disabled" -> KeyState.DISABLED::equals;
            case "expired" -> KeyState.EXPIRED::equals;
            case "deleted" -> KeyState.DELETED::equals;
            case "all" -> state -> true;
            default -> throw AdminRefusal.invalidValue(STATE, "must be active, disabled, expired, deleted or all");
        };
    }
}
