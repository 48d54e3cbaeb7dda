package dev.mehari.credential.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialTransfer.Entry;
import dev.mehari.failure.InvalidField;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Credentials in a tree of JSON, or of what was read like it: one of them, a list, {@code {"credentials":[...]}},
 * {@code {"accounts":[...]}}, or accounts by name.
 */
final class JsonImport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final @Nullable String upstream;
    private final ParsedImport into;

    /** @param upstream of entries that name none; null when each has to */
    JsonImport(@Nullable String upstream, ParsedImport into) {
        this.upstream = upstream;
        this.into = into;
    }

    /** @param file names the whole in messages, and an account that says nothing of its own */
    void read(byte[] bytes, String file) {
        try {
            read(JSON.readTree(bytes), file);
        } catch (JsonProcessingException malformed) {
            // its own message would repeat what stands there
            into.problem(file, "is no JSON, from line " + line(malformed));
        } catch (IOException notText) {
            into.problem(file, "is no JSON");
        }
    }

    void read(JsonNode tree, String file) {
        if (tree.isArray()) {
            list(tree, file, "", false);
        } else if (!(tree instanceof ObjectNode object) || object.isEmpty()) {
            into.problem(file, "has no credentials");
        } else if (object.path("credentials").isArray()) {
            list(object.path("credentials"), file, "credentials", true);
        } else if (object.path("accounts").isArray()) {
            list(object.path("accounts"), file, "accounts", false);
        } else if (object.properties().stream().allMatch(one -> one.getValue().isObject())) {
            for (Map.Entry<String, JsonNode> one : object.properties()) {
                one(one.getValue(), EntryName.of(one.getKey()), EntryName.of(one.getKey()), false);
            }
        } else {
            one(object, file, file, false);
        }
    }

    private void list(JsonNode list, String file, String field, boolean ours) {
        int i = 0;
        for (JsonNode one : list) {
            one(one, field + "[" + i + "]", file + "-" + (i + 1), ours);
            i++;
        }
    }

    private void one(JsonNode json, String entry, String fallback, boolean ours) {
        if (into.isFull()) {
            return;
        }
        try {
            if (!(json instanceof ObjectNode object)) {
                into.problem(entry, "is no object");
            } else if (ours || !AccountForm.isOne(object)) {
                into.add(new Entry(entry, CredentialForm.create(object, upstream)));
            } else if (upstream == null) {
                into.problem(entry, "names no upstream: say which with ?upstream=");
            } else {
                into.add(new Entry(entry, AccountForm.read(object, upstream, fallback)));
            }
        } catch (InvalidField wrong) {
            into.problem(entry, wrong.field() + ": " + wrong.getMessage());
        }
    }

    private static int line(JsonProcessingException malformed) {
        return malformed.getLocation() == null ? 1 : malformed.getLocation().getLineNr();
    }
}
