package dev.mehari.credential;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.credential.BenchRule.Scope;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which rule an answer falls under. Rules are matched on event loops, and operators write them for bodies that upstreams
 * write; so a rule looks at the beginning of a body only, and at each character of it {@value #LOOKS_EACH} times on average at
 * most. One that would go on, or would go deeper than the stack, does not match. For any thread.
 */
public final class BenchRules {
    /** Of an answer's body, these bytes are looked at. */
    static final int READ = 8 * 1024;

    private static final int LOOKS_EACH = 25;
    private static final Logger LOG = LoggerFactory.getLogger(BenchRules.class);

    /** Those that a new database has (migration V0007). */
    public static final BenchRules DEFAULT = new BenchRules(List.of(
            rule(10, 429, "Resource has been exhausted", Scope.MODEL, "quota_exhausted", 14_400),
            rule(20, 401, null, Scope.CREDENTIAL, "unauthorized", 1_800),
            rule(30, 403, null, Scope.CREDENTIAL, "forbidden", 1_800),
            rule(40, 429, null, Scope.MODEL, "rate_limited", 5),
            rule(50, 500, null, Scope.CREDENTIAL, "upstream_error", 300),
            rule(60, 502, null, Scope.CREDENTIAL, "upstream_error", 300),
            rule(70, 503, null, Scope.CREDENTIAL, "upstream_unavailable", 60),
            rule(80, 504, null, Scope.CREDENTIAL, "upstream_error", 300),
            rule(90, 529, null, Scope.CREDENTIAL, "upstream_overloaded", 600)));

    private final List<BenchRule> rules;
    /** Those that have been too much once, of which the log was told. */
    private final Set<BenchRule> tooMuch = ConcurrentHashMap.newKeySet();

    public BenchRules(List<BenchRule> rules) {
        this.rules = rules.stream()
                .sorted(Comparator.comparingInt(BenchRule::position))
                .toList();
    }

    /** In the order in which they are asked. */
    public List<BenchRule> all() {
        return rules;
    }

    /**
     * The rule for an answer; null when nothing is benched for it.
     *
     * @param body of the answer, as far as it is known
     */
    @Nullable
    BenchRule of(int status, byte[] body) {
        String text = null;
        for (BenchRule rule : rules) {
            if (rule.status() == status) {
                if (rule.body() == null) {
                    return rule;
                }
                if (text == null) {
                    text = new String(body, 0, Math.min(READ, body.length), UTF_8);
                }
                if (isIn(text, rule, rule.body())) {
                    return rule;
                }
            }
        }
        return null;
    }

    private boolean isIn(String text, BenchRule rule, Pattern body) {
        try {
            return body.matcher(new BoundedText(text, LOOKS_EACH * READ)).find();
        } catch (BoundedText.Exhausted | StackOverflowError runaway) {
            if (tooMuch.add(rule)) {
                LOG.warn(
                        "The body of bench rule {} takes too long, or too deep, to look for in an answer; it counts as"
                                + " not there: {}",
                        rule.position(),
                        body.pattern());
            }
            return false;
        }
    }

    private static BenchRule rule(
            int position, int status, @Nullable String body, Scope scope, String reason, int seconds) {
        return new BenchRule(
                position,
                status,
                body == null ? null : Pattern.compile(body),
                scope,
                reason,
                Duration.ofSeconds(seconds));
    }
}
