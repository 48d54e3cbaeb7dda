package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowListTest {
    // row 47
    @ParameterizedTest
    @CsvSource({
        "gpt-4o, gpt-4o, true",
        "gpt-4o, GPT-4O, true",
        "gpt-4o, gpt-4o-mini, false",
        "gpt-4o*, gpt-4o, true",
        "gpt-4o*, gpt-4o-mini, true",
        "*-mini, gpt-4o-mini, true",
        "*-mini, gpt-4o-mini-2, false",
        "claude-*-haiku, claude-3-5-haiku, true",
        "claude-*-haiku, claude-haiku, false",
        "*, anything, true",
        "*, '', true",
        "a*b*c, abbc, true",
        "a*b*c, acb, false",
        "a.c, abc, false"
    })
    void a_pattern_is_compared_with_the_whole_name(String pattern, String name, boolean allowed) {
        assertThat(new AllowList(List.of(pattern)).allows(name)).isEqualTo(allowed);
    }

    // row 47
    @ParameterizedTest
    @CsvSource({
        "claude-cli, claude-cli/1.0 (external), true",
        "claude-cli, Claude-CLI, true",
        "claude-cli, my claude-cli, false",
        "*claude-cli, my claude-cli/2, true",
        "curl/8., curl/8.5, true",
        "curl/8., curl/7.9, false",
        "x, '', false"
    })
    void a_client_is_known_by_the_beginning_of_its_name(String pattern, String agent, boolean allowed) {
        assertThat(new AllowList(List.of(pattern)).allowsBeginning(agent)).isEqualTo(allowed);
    }

    @Test
    void an_empty_list_allows_everything_and_one_match_is_enough() {
        assertThat(AllowList.ALL.allows("x".repeat(5_000))).isTrue();
        assertThat(AllowList.ALL.allowsBeginning("")).isTrue();
        assertThat(new AllowList(List.of("a", "b")).allows("b")).isTrue();
    }

    @Property
    void agrees_with_the_regular_expression_that_it_means(
            @ForAll @Chars({'a', 'b', '*'}) @StringLength(max = 8) String pattern,
            @ForAll @Chars({'a', 'b'}) @StringLength(max = 10) String name) {
        String regex = pattern.chars()
                .mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining());

        assertThat(new AllowList(List.of(pattern)).allows(name)).isEqualTo(name.matches(regex));
        assertThat(new AllowList(List.of(pattern)).allowsBeginning(name)).isEqualTo(name.matches(regex + ".*"));
    }

    @Test
    void a_hostile_name_takes_no_time() {
        AllowList list = new AllowList(List.of("*a".repeat(100) + "b"));

        Assertions.assertTimeout(Duration.ofSeconds(1), () -> {
            assertThat(list.allows("a".repeat(1_000))).isFalse();
            assertThat(list.allows("a".repeat(10_000_000))).isFalse();
            assertThat(list.allowsBeginning("a".repeat(10_000_000))).isFalse();
        });
    }
}
