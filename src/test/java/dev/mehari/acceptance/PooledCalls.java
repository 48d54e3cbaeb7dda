package dev.mehari.acceptance;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.credential.BenchRules;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.BenchRuleTable;
import dev.mehari.testing.LlmStub;
import dev.mehari.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What tests of the credential pool say alike: requests, and what a stub saw in short. */
final class PooledCalls {
    static final String CALL = "/v1/chat/completions";
    private static final ObjectMapper JSON = new ObjectMapper();

    private PooledCalls() {}

    /** A call of a conversation that nobody else has. */
    static String chat(String model, String text) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    /** The last characters of the credentials that came, in order: {@code aab} for sk-a, sk-a, sk-b. */
    static String letters(List<LlmStub.Use> uses) {
        return uses.stream()
                .map(use -> use.credential().substring(use.credential().length() - 1))
                .collect(Collectors.joining());
    }

    static <T> List<T> of(List<LlmStub.Use> uses, Function<LlmStub.Use, T> what) {
        return uses.stream().map(what).toList();
    }

    static JsonNode json(String text) throws Exception {
        return JSON.readTree(text);
    }

    /**
     * Returns when what an operator has changed is in force on other instances, too, which is a matter of a second: there is
     * nothing to be asked for it, and a call could be the one that a test counts. Where it was changed it is in force with the
     * answer.
     */
    static void awaitInForce() {
        await().pollDelay(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(2)).until(() -> true);
    }

    /** Takes all upstreams and their credentials out of a database, and puts the rules for benching back. */
    static void clear(TestDatabase database) throws StorageUnavailable {
        database.execute("delete from upstream; delete from upstream_event");
        new BenchRuleTable(database.database()).replace(BenchRules.DEFAULT.all());
    }
}
