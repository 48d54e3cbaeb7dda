package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.DurationText;
import dev.mehari.credential.BenchRule;
import dev.mehari.credential.BenchRule.Scope;
import dev.mehari.failure.InvalidField;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Rules of benches as JSON: {@code {"status","body","scope","reason","duration"}} each, in their order. */
final class BenchRuleJson {
    private static final Set<String> FIELDS = Set.of("status", "body", "scope", "reason", "duration");
    private static final Pattern REASON = Pattern.compile("[a-z][a-z0-9_]{0,49}");
    private static final int MOST_RULES = 100;
    private static final int FIRST_FAILURE = 400;
    private static final int LAST_FAILURE = 599;
    private static final int LONGEST_BODY = 500;
    private static final Duration LONGEST = Duration.ofDays(31);

    private BenchRuleJson() {}

    static ObjectNode write(List<BenchRule> rules) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("rules");
        for (BenchRule rule : rules) {
            list.addObject()
                    .put("status", rule.status())
                    .put("body", rule.body() == null ? null : rule.body().pattern())
                    .put("scope", rule.scope() == Scope.MODEL ? "model" : "credential")
                    .put("reason", rule.reason())
                    .put("duration", DurationText.of(rule.duration()));
        }
        return json;
    }

    static List<BenchRule> read(JsonNode list) throws InvalidField {
        if (!list.isArray() || list.size() > MOST_RULES) {
            throw new InvalidField("rules", "must be a list of " + MOST_RULES + " rules at most");
        }
        List<BenchRule> rules = new ArrayList<>();
        for (JsonNode one : list) {
            rules.add(read(one, rules.size(), "rules[" + rules.size() + "]."));
        }
        return rules;
    }

    private static BenchRule read(JsonNode rule, int position, String at) throws InvalidField {
        for (Map.Entry<String, JsonNode> field : rule.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw InvalidField.unknown(at + field.getKey());
            }
        }
        String scope = field(rule, "scope", at).text();
        String reason = field(rule, "reason", at).text();
        Duration duration = field(rule, "duration", at).duration();
        if (!Set.of("", "credential", "model").contains(scope)) {
            throw field(rule, "scope", at).wrong("must be credential or model");
        }
        if (!REASON.matcher(reason).matches()) {
            throw field(rule, "reason", at).wrong("must be a word in snake case, such as rate_limited");
        }
        if (duration == null || duration.compareTo(LONGEST) > 0) {
            throw field(rule, "duration", at).wrong("must be a duration such as 30s, 31d at most");
        }
        return new BenchRule(
                position,
                status(field(rule, "status", at)),
                body(field(rule, "body", at)),
                scope.equals("model") ? Scope.MODEL : Scope.CREDENTIAL,
                reason,
                duration);
    }

    private static int status(JsonField field) throws InvalidField {
        int status = (int) field.whole(FIRST_FAILURE, LAST_FAILURE, 0);
        if (status == 0) {
            throw field.wrong("must be given, such as 429");
        }
        return status;
    }

    private static @Nullable Pattern body(JsonField field) throws InvalidField {
        String text = field.text();
        if (text.length() > LONGEST_BODY) {
            throw field.wrong("must have " + LONGEST_BODY + " characters at most");
        }
        if (text.indexOf('\0') >= 0) {
            throw field.wrong("must not hold a NUL; \\x00 matches one");
        }
        try {
            return text.isEmpty() ? null : Pattern.compile(text);
        } catch (PatternSyntaxException malformed) {
            throw field.wrong("must be a regular expression: " + malformed.getDescription());
        }
    }

    private static JsonField field(JsonNode rule, String name, String at) {
        JsonNode value = rule.path(name);
        return new JsonField(at + name, value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value);
    }
}
