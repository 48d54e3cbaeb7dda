package dev.mehari.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.mehari.credential.BenchRule.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchRulesTest {
    private static final BenchRule ANY = rule(20, null);

    @ParameterizedTest
    @ValueSource(strings = {"(a+a+)+y", "(a|a)*$", "(.*a){12}$", "(a+)+\\1$", "(a*a*a*)*b\\1", ".*.*.*=.*"})
    void an_expression_that_runs_away_comes_to_an_end_and_does_not_match(String body) {
        BenchRules rules = new BenchRules(List.of(rule(10, body), ANY));

        BenchRule found = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> rules.of(429, ("a".repeat(4_000) + "!").getBytes(UTF_8)));

        assertThat(found).isEqualTo(ANY);
    }

    @Test
    void an_expression_that_goes_deeper_than_the_stack_does_not_match() throws Exception {
        BenchRules rules = new BenchRules(List.of(rule(10, "(a|b)*c"), ANY));
        List<Object> found = new ArrayList<>();
        Thread shallow = new Thread(
                null, () -> found.add(rules.of(429, "ab".repeat(4_000).getBytes(UTF_8))), "shallow", 200_000);
        shallow.setUncaughtExceptionHandler((thread, fault) -> found.add(fault));
        shallow.start();
        shallow.join();

        assertThat(found).containsExactly(ANY);
    }

    @Test
    void what_stands_in_the_first_8_kib_is_found_and_nothing_behind_them() {
        BenchRules rules = new BenchRules(List.of(rule(10, "quota[^!]*exceeded")));

        assertThat(rules.of(429, (" ".repeat(8_000) + "quota is exceeded").getBytes(UTF_8)))
                .isNotNull();
        assertThat(rules.of(429, (" ".repeat(8_190) + "quota is exceeded").getBytes(UTF_8)))
                .isNull();
    }

    @Test
    void a_wide_expression_finds_what_is_there_also_in_the_longest_body() {
        BenchRules rules = new BenchRules(List.of(rule(10, ".*quota.*exceeded.*")));

        assertThat(rules.of(429, ("quota" + " ".repeat(8_000) + "exceeded").getBytes(UTF_8)))
                .isNotNull();
    }

    @Test
    void answers_are_read_before_the_groups_lock_is_taken() {
        PoolFixture fixture = new PoolFixture().with(Credentials.key(1));
        Attempt attempt = fixture.take();
        List<Boolean> underLock = new ArrayList<>();
        Map<String, Object> headers = new HashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public Object get(Object name) {
                underLock.add(Thread.holdsLock(attempt.place().group()));
                return null;
            }
        };

        fixture.pool.refused(attempt, new Answer(429, headers, "{}".getBytes(UTF_8)));

        assertThat(underLock).isNotEmpty().containsOnly(false);
        assertThat(fixture.benched(1, "")).isEqualTo(Duration.ofSeconds(5));
    }

    private static BenchRule rule(int position, String body) {
        return new BenchRule(
                position, 429, body == null ? null : Pattern.compile(body), Scope.MODEL, "x", Duration.ofSeconds(5));
    }
}
