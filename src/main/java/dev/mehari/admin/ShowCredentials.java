package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.credential.CredentialState;
import dev.mehari.failure.StorageUnavailable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /api/credentials} with {@code {"credentials":[...]}} by id: those of {@code ?upstream=}, in
 * {@code ?status=} ({@code enabled}, or a state), that failed last with {@code ?error=} such as 401, and that are or are not
 * cooling down ({@code ?cooldown=true}); named {@code showCredentials}.
 */
public final class ShowCredentials extends AdminResource {
    private static final Set<String> FILTERS = Set.of("upstream", "status", "error", "cooldown");

    private final CredentialRegistry credentials;
    private final CredentialAnswers answers;

    public ShowCredentials(CredentialRegistry credentials, CredentialAnswers answers) {
        this.credentials = credentials;
        this.answers = answers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        Map<String, String> filters = new AdminRequest(exchange).filters(FILTERS);
        Predicate<CredentialEntry> wanted =
                status(filters.get("status")).and(error(filters.get("error"))).and(cooldown(filters.get("cooldown")));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("credentials");
        credentials.list(filters.get("upstream")).stream()
                .filter(wanted)
                .forEach(credential -> list.add(answers.json(credential)));
        AdminAnswer.put(exchange, 200, json);
    }

    private Predicate<CredentialEntry> status(@Nullable String asked) throws AdminRefusal {
        if (asked == null) {
            return credential -> true;
        }
        if (asked.equals("enabled")) {
            return credential -> credential.fields().enabled();
        }
        if (asked.equals("disabled")) {
            return credential -> !credential.fields().enabled();
        }
        for (CredentialState state : CredentialState.values()) {
            if (text(state).equals(asked)) {
                return credential -> answers.state(credential) == state;
            }
        }
        throw AdminRefusal.invalidValue(
                "status",
                "must be enabled, or one of "
                        + Arrays.stream(CredentialState.values())
                                .map(ShowCredentials::text)
                                .collect(Collectors.joining(", ")));
    }

    private static Predicate<CredentialEntry> error(@Nullable String asked) throws AdminRefusal {
        if (asked == null) {
            return credential -> true;
        }
        if (!asked.matches("[1-5][0-9]{2}")) {
            throw AdminRefusal.invalidValue("error", "must be a status such as 401");
        }
        int status = Integer.parseInt(asked);
        return credential -> credential.hasError(status);
    }

    private Predicate<CredentialEntry> cooldown(@Nullable String asked) throws AdminRefusal {
        if (asked == null) {
            return credential -> true;
        }
        if (!asked.equals("true") && !asked.equals("false")) {
            throw AdminRefusal.invalidValue("cooldown", "must be true or false");
        }
        return credential -> credential.isCoolingDown(answers.now()) == asked.equals("true");
    }

    private static String text(CredentialState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
