package dev.mehari.audit.proof;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.testing.SampleAudit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was written is read in {@link VerifierTest}. */
class ExportLinesTest {
    private final ExportLines lines = new ExportLines();

    @ParameterizedTest
    @MethodSource("written")
    void refuses_fields_that_were_added_to_a_line(String line) {
        assertRefused(line.replace("{", "{\"extra\":\"x\","), "there is no field \"extra\"");
        assertRefused(line.replace("}", ",\"extra\":null}"), "there is no field \"extra\"");
    }

    @ParameterizedTest
    @MethodSource("written")
    void refuses_a_field_that_is_there_twice(String line) {
        String second = line.substring(line.indexOf(',') < 0 ? 1 : line.indexOf(',') + 1, line.length() - 1);

        assertRefused("{" + second + "," + line.substring(1), "it is no JSON: Duplicate field ");
    }

    @ParameterizedTest
    @MethodSource("written")
    void refuses_what_stands_behind_a_line(String line) {
        assertRefused(line + " " + line, "it is no JSON: ");
    }

    @Test
    void says_in_words_what_is_wrong_with_a_value() {
        String event = written().get(1);

        assertRefused(
                event.replaceFirst("\"dialect\":\"[a-z_]+\"", "\"dialect\":\"x\""),
                "dialect is none of openai, anthropic, plain");
        assertRefused(
                event.replaceFirst("\"outcome\":\"[a-z]+\"", "\"outcome\":\"SUCCESS\""),
                "outcome is none of success, failure, refused, cancelled");
        assertRefused(event.replaceFirst("\"key_id\":\"[0-9]+\"", "\"key_id\":\"x\""), "key_id is no whole number");
        assertRefused(event.replaceFirst("\"link\":\"[0-9a-f]+\"", "\"link\":\"x\""), "link is not hexadecimal");
    }

    /** A line of each type. */
    static List<String> written() {
        List<ExportRecord> records = new SampleAudit(new Random(3))
                .begin()
                .events(2)
                .sign()
                .drop(1, 1)
                .records();
        return List.of(
                ExportLines.write(one(records, ExportRecord.Chain.class)),
                ExportLines.write(one(records, ExportRecord.Event.class)),
                ExportLines.write(one(records, ExportRecord.Checkpoint.class)),
                ExportLines.write(one(records, ExportRecord.Gap.class)),
                ExportLines.write(new ExportRecord.Broken(1, 2, "it is no event")),
                ExportLines.write(new ExportRecord.End(5)));
    }

    private static ExportRecord one(List<ExportRecord> records, Class<? extends ExportRecord> type) {
        return records.stream().filter(type::isInstance).findFirst().orElseThrow();
    }

    private void assertRefused(String line, String why) {
        assertThatThrownBy(() -> lines.read(line))
                .as(line)
                .isInstanceOf(AuditFormatException.class)
                .hasMessageStartingWith(why);
    }
}
