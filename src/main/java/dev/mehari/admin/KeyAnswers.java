package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.caller.InvalidKeyField;
import dev.mehari.caller.KeyChange;
import dev.mehari.caller.KeyEntry;
import dev.mehari.failure.StorageUnavailable;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** What the key resources have in common: ids and bodies come in, changes and errors go out. */
final class KeyAnswers {
    private static final int LONGEST_BODY = 64 * 1024;
    private static final int MOST_DIGITS = 18;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Clock clock;

    KeyAnswers(Clock clock) {
        this.clock = clock;
    }

    /** What a resource does; what it throws of these is answered. */
    @FunctionalInterface
    interface Work {
        void on(Exchange exchange) throws InvalidKeyField, NoSuchKey, BadBody, StorageUnavailable;
    }

    /** The path names no key. */
    static final class NoSuchKey extends Exception {
        private static final long serialVersionUID = 1L;

        NoSuchKey() {
            super(null, null, false, false);
        }
    }

    /** The body is no JSON object. */
    static final class BadBody extends Exception {
        private static final long serialVersionUID = 1L;

        BadBody(String message) {
            super(message, null, false, false);
        }
    }

    /** Does {@code work}, with errors answered as the admin API words them. */
    static Processor answering(Work work) {
        return exchange -> {
            try {
                work.on(exchange);
            } catch (InvalidKeyField wrong) {
                String code = wrong.isUnknown() ? "unknown_field" : "invalid_value";
                putError(exchange, 400, code, wrong.field() + ": " + wrong.getMessage(), wrong.field());
            } catch (NoSuchKey unknown) {
                putUnknown(exchange);
            } catch (BadBody bad) {
                putError(exchange, 400, "invalid_body", String.valueOf(bad.getMessage()), null);
            }
        };
    }

    /** The {@code id} of the path. */
    static long id(Exchange exchange) throws InvalidKeyField {
        String text = String.valueOf(exchange.getMessage().getHeader("id"));
        if (text.isEmpty() || text.length() > MOST_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidKeyField("id", "must be a number");
        }
        return Long.parseLong(text);
    }

    static ObjectNode body(Exchange exchange) throws BadBody {
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        if (bytes != null && bytes.length > LONGEST_BODY) {
            throw new BadBody("The body is longer than 64 KiB.");
        }
        try {
            JsonNode json = JSON.readTree(bytes == null ? "" : new String(bytes, UTF_8));
            if (json instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException malformed) {
            throw new BadBody("The body is no JSON: " + malformed.getOriginalMessage());
        }
        throw new BadBody("The body has to be a JSON object such as {\"name\": \"alice\"}.");
    }

    /** For a request that says all with its path: nothing, or an object without fields. */
    static void noFields(Exchange exchange) throws BadBody, InvalidKeyField {
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        if (bytes != null && bytes.length > 0) {
            for (Map.Entry<String, JsonNode> field : body(exchange).properties()) {
                throw InvalidKeyField.unknown(field.getKey());
            }
        }
    }

    ObjectNode json(KeyEntry key) {
        return KeyJson.of(key, clock.instant());
    }

    /** Answers a change with the key as it is now. */
    void put(Exchange exchange, KeyChange change) {
        put(exchange, change, 200, Map.of());
    }

    /** Answers a change with {@code status}, the key and some more fields. */
    void put(Exchange exchange, KeyChange change, int status, Map<String, String> more) {
        if (change instanceof KeyChange.Done done) {
            ObjectNode json = json(done.key());
            more.forEach(json::put);
            AdminAnswer.put(exchange, status, json);
        } else if (change instanceof KeyChange.UnknownKey) {
            putUnknown(exchange);
        } else if (change instanceof KeyChange.NameTaken taken) {
            putError(
                    exchange,
                    400,
                    "duplicate_name",
                    "name: there is a key with the name " + taken.name() + " already.",
                    "name");
        } else if (change instanceof KeyChange.WrongState wrong) {
            putError(exchange, 400, "invalid_state", wrong.message(), "state");
        }
    }

    private static void putUnknown(Exchange exchange) {
        putError(exchange, 404, "unknown_key", "There is no key with this id.", "id");
    }

    private static void putError(Exchange exchange, int status, String code, String text, @Nullable String field) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode error = json.putObject("error").put("code", code).put("message", text);
        if (field != null) {
            error.put("field", field);
        }
        AdminAnswer.put(exchange, status, json);
    }
}
