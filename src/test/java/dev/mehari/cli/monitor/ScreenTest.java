package dev.mehari.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.cli.monitor.Screen.Choice;
import java.util.List;
import java.util.Map;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScreenTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Ink PLAIN = new Ink(false, false);
    private static final Ink COLOURED = new Ink(true, true);

    @Test
    void shows_all_on_80_by_24() {
        assertThat(plain(Readings.busy(), 80, 24)).isEqualTo("""
                        mehari  gw-1:8080  healthy                                          10:12:33 UTC
                        concurrency 42 / 100  42.0 %      ######--------                               -
                        queue       3 / 200               --------------                               #
                        rate        37.8 calls/s          120345 in all           ____________________.#
                        refused     3  1.9 %              17 in all               _____________________#
                        latency     p50 12.3 ms  p95 80.5 ms  p99 1235 ms  (last minute)
                        open        45 calls, 3 streams

                        UPSTREAM   STATE    BREAKER    ACTIVE    FAILED  TURNED AWAY
                        openai     up       closed         21  2 of 100            0
                        anthropic  ejected  half open      21  2 of 100            0

                        KEY    ACTIVE  WAITING  CALLS/S  REFUSED  FAILED  CALLS
                        alice      30        3     18.5        7       1  60000
                        bob        12        0     18.5        7       1  60000

                        CREDENTIAL  STATE         UPSTREAM  ACTIVE  FAILED  CALLS
                        prod-1      benched 29 s  openai     2 / 5       4    900
                        prod-2      usable        openai     2 / 5       4    900
                        """);
    }

    // row 40
    @ParameterizedTest
    @CsvSource({
        "80, concurrency 80 / 100  80.0 %, ''",
        "81, concurrency 81 / 100  81.0 %, WARN",
        "95, concurrency 95 / 100  95.0 %, WARN",
        "96, concurrency 96 / 100  96.0 %, CRITICAL",
        "120, concurrency 120 / 100  120.0 %, CRITICAL"
    })
    void concurrency_warns_above_80_and_is_critical_above_95_percent(int active, String shown, String word) {
        String line = line(Readings.idle().load(active, 0), "concurrency");

        assertThat(line).startsWith(shown);
        assertThat(words(line)).isEqualTo(word);
    }

    // row 40
    @ParameterizedTest
    @CsvSource({"50, ''", "51, WARN"})
    void the_queue_warns_above_50(int waiting, String word) {
        assertThat(words(line(Readings.idle().load(0, waiting), "queue"))).isEqualTo(word);
    }

    // row 40
    @ParameterizedTest
    @CsvSource({"5, ''", "6, WARN"})
    void refusals_warn_above_5_percent_of_the_last_minute(int refused, String word) {
        Readings reading = Readings.idle().minute(new int[] {100}, new int[] {refused});

        assertThat(words(line(reading, "refused"))).isEqualTo(word);
    }

    // row 40
    @Test
    void what_is_wrong_is_coloured() {
        Readings reading = Readings.idle()
                .load(97, 60)
                .with("status", "unhealthy")
                .upstream("a", "failed", "open")
                .upstream("b", "up", "closed");

        assertThat(ansi(reading, COLOURED, "concurrency")).contains("\u001b[31;1m97 / 100");
        assertThat(ansi(reading, COLOURED, "queue")).contains("\u001b[33;1m60 / 200");
        assertThat(ansi(reading, COLOURED, "mehari")).contains("\u001b[31;1munhealthy");
        assertThat(ansi(reading, COLOURED, "a ")).contains("\u001b[31;1mfailed").contains("\u001b[31;1mopen");
        assertThat(ansi(reading, COLOURED, "b ")).doesNotContain("\u001b");
        assertThat(ansi(reading, COLOURED, "rate")).doesNotContain("\u001b");
    }

    @Test
    void nothing_is_coloured_where_nobody_wants_colours() {
        Readings reading = Readings.idle().load(97, 60).with("status", "unhealthy");
        Ink ink = Ink.of(Map.of("NO_COLOR", "1", "LANG", "en_US.UTF-8"), true);

        for (AttributedString line : lines(reading, ink, 80, 24, new Choice(Tables.KEYS, 0, true))) {
            assertThat(line.toAnsi()).doesNotContain("\u001b").isEqualTo(line.toString());
        }
        assertThat(ink.unicode()).isTrue();
    }

    @Test
    void draws_with_what_the_locale_has() {
        assertThat(Ink.of(Map.of("LC_ALL", "C", "LANG", "en_US.UTF-8"), true).unicode())
                .isFalse();
        assertThat(Ink.of(Map.of("LANG", "de_DE.utf8"), true).unicode()).isTrue();
        assertThat(text(lines(Readings.busy(), PLAIN, 80, 24, Choice.NONE))).matches("[\\x20-\\x7e\n]+");
        assertThat(text(lines(Readings.busy(), new Ink(false, true), 80, 24, Choice.NONE)))
                .contains("\u2588\u2591", "\u2582\u2588");
    }

    @Test
    void says_how_many_rows_do_not_fit() {
        Readings reading = Readings.busy().total("keys", 120);
        for (int i = 0; i < 30; i++) {
            reading.key("key-" + i, 1, 0);
        }
        List<String> lines = plain(reading, 80, 24).lines().toList();

        assertThat(lines).hasSize(24);
        assertThat(lines.subList(12, 20))
                .extracting(line -> line.split(" ")[0])
                .containsExactly("KEY", "alice", "bob", "key-0", "key-1", "key-2", "key-3", "+114");
        assertThat(lines.get(19)).isEqualTo("+114 more");
        assertThat(lines.get(23)).startsWith("prod-2");
    }

    @Test
    void shows_the_table_that_is_looked_at_from_its_offset_on() {
        Readings reading = Readings.busy();
        for (int i = 0; i < 30; i++) {
            reading.credential("more-" + i, "usable");
        }
        List<String> lines = lines(reading, PLAIN, 80, 24, new Choice(Tables.CREDENTIALS, 5, true)).stream()
                .map(AttributedString::toString)
                .toList();

        assertThat(lines).hasSize(24);
        assertThat(lines.get(17)).startsWith("more-3 ");
        assertThat(lines.get(22)).isEqualTo("+27 more");
        assertThat(lines.get(23)).contains("q quit");
    }

    @Test
    void the_last_rows_can_be_reached() {
        Readings reading = Readings.idle();
        for (int i = 0; i < 30; i++) {
            reading.key("key-" + i, 1, 0);
        }

        assertThat(text(lines(reading, PLAIN, 80, 24, new Choice(Tables.KEYS, 99, true))))
                .contains("key-29")
                .doesNotContain("key-9 ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 20, 34, 45, 56, 60, 66, 79, 200})
    void is_never_wider_or_higher_than_its_terminal(int width) {
        for (int height = 1; height < 30; height += 4) {
            for (boolean keys : new boolean[] {true, false}) {
                Choice choice = new Choice(Tables.CREDENTIALS, 0, keys);
                List<AttributedString> lines = lines(Readings.busy(), COLOURED, width, height, choice);

                assertThat(lines).hasSizeLessThanOrEqualTo(height);
                assertThat(lines).allMatch(line -> line.columnLength() <= width);
            }
        }
    }

    @Test
    void leaves_out_what_matters_least_where_it_is_narrow() {
        List<String> lines = plain(Readings.busy().load(97, 0), 44, 24).lines().toList();

        assertThat(lines.get(1)).isEqualTo("concurrency 97 / 100  97.0 %      CRITICAL");
        assertThat(lines.get(2)).isEqualTo("queue       0 / 200");
        assertThat(lines.get(5)).isEqualTo("latency     p50 12.3 ms  p95 80.5 ms  p99 1>");
        assertThat(lines).contains("UPSTREAM   STATE    BREAKER    ACTIVE", "KEY    ACTIVE  WAITING  CALLS/S  REFUSED");
    }

    @Test
    void long_and_wide_names_do_not_break_the_lines() {
        Readings reading = Readings.idle().key("\u4e00".repeat(60), 1, 0).key("x".repeat(100), 1, 0);
        List<AttributedString> lines = lines(reading, PLAIN, 80, 24, Choice.NONE);

        assertThat(lines).allMatch(line -> line.columnLength() <= 80);
        assertThat(lines.get(9).toString()).matches("\u4e00+> +1 +0 +18\\.5 +7 +1 +60000");
        assertThat(lines.get(10).toString()).matches("x+> +1 +0 +18\\.5 +7 +1 +60000");
        assertThat(lines.get(9).columnLength()).isEqualTo(lines.get(10).columnLength());
    }

    @Test
    void names_give_a_terminal_no_commands() {
        Readings reading = Readings.idle().key("evil\u001b[2J\u0007\u202e", 1, 0);

        assertThat(plain(reading, 80, 24)).contains("evil?[2J??").doesNotContain("\u001b");
    }

    @Test
    void says_for_how_long_there_was_no_answer() {
        Watch watch = new Watch(Readings.busy().reading(), 100 * SECOND);
        watch.unanswered("No gateway answers at http://gw-1:9090.");

        List<String> lines = new Screen(PLAIN)
                .lines(watch, 112 * SECOND, 80, 24, Choice.NONE).stream()
                        .map(AttributedString::toString)
                        .toList();

        assertThat(lines.get(1)).isEqualTo("no answer since 12 s: No gateway answers at http://gw-1:9090.");
        assertThat(lines.get(2)).as("what was known last").startsWith("concurrency 42 / 100");

        watch.answered(Readings.idle().reading(), 113 * SECOND);
        assertThat(text(new Screen(PLAIN).lines(watch, 113 * SECOND, 80, 24, Choice.NONE)))
                .doesNotContain("no answer");
    }

    @Test
    void an_answer_that_is_late_is_told_of_too() {
        Watch watch = new Watch(Readings.busy().reading(), 0);

        assertThat(watch.silentSeconds(2 * SECOND)).isNull();
        assertThat(watch.silentSeconds(3 * SECOND)).isEqualTo(3);
    }

    @Test
    void keeps_what_it_has_seen_in_the_last_minute() {
        Watch watch = new Watch(Readings.idle().load(1, 0).reading(), 0);
        for (int second = 1; second <= 70; second++) {
            watch.answered(Readings.idle().load(second, 0).reading(), second * SECOND);
        }
        watch.unanswered("away");

        assertThat(watch.concurrency()).hasSize(60).startsWith(12L).endsWith(70L, -1L);
    }

    @Test
    void a_gateway_that_says_little_shows_little() {
        Watch watch = new Watch(Reading.of(new com.fasterxml.jackson.databind.ObjectMapper().createObjectNode()), 0);

        assertThat(text(new Screen(PLAIN).lines(watch, 0, 80, 24, Choice.NONE)))
                .contains("concurrency 0 / 0  0.0 %", "latency     -");
    }

    @Test
    void sparklines_show_the_highest_of_what_shares_a_column() {
        assertThat(Sparkline.of(List.of(0L, 7L, 1L, 0L, 3L, 3L), 6, 3, 0, false))
                .isEqualTo("#.-");
        assertThat(Sparkline.of(List.of(0L, 50L, -1L, 100L), 4, 4, 100, false)).isEqualTo("_= #");
        assertThat(Sparkline.of(List.of(5L), 4, 6, 0, false)).isEqualTo("     #");
        assertThat(Sparkline.of(List.of(), 60, 5, 0, true)).isEqualTo("     ");
    }

    private static String words(String line) {
        return line.replaceAll("[^A-Z]", "");
    }

    private static String line(Readings reading, String begin) {
        return plain(reading, 80, 24)
                .lines()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .orElseThrow();
    }

    private static String ansi(Readings reading, Ink ink, String begin) {
        return lines(reading, ink, 80, 24, Choice.NONE).stream()
                .filter(line -> line.toString().startsWith(begin))
                .findFirst()
                .orElseThrow()
                .toAnsi();
    }

    private static String plain(Readings reading, int width, int height) {
        return text(lines(reading, PLAIN, width, height, Choice.NONE));
    }

    private static List<AttributedString> lines(Readings reading, Ink ink, int width, int height, Choice choice) {
        return new Screen(ink).lines(new Watch(reading.reading(), 0), 0, width, height, choice);
    }

    private static String text(List<AttributedString> lines) {
        StringBuilder text = new StringBuilder();
        for (AttributedString line : lines) {
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
