package dev.mehari.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.audit.proof.ExportLines;
import dev.mehari.audit.proof.ExportRecord;
import dev.mehari.testing.SampleAudit;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What else is wrong with exports is tested with the verifier, in {@code dev.mehari.audit.proof}. */
class AuditVerifyCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private Path export;
    private String text;

    @BeforeEach
    void export() {
        List<ExportRecord> records =
                new SampleAudit(new Random(5)).begin().events(3).sign().records();
        records.add(new ExportRecord.End(records.size()));
        text = records.stream().map(ExportLines::write).collect(Collectors.joining("\n", "", "\n"));
        export = folder.resolve("audit.jsonl");
    }

    @Test
    void an_export_that_nobody_touched_is_whole() throws Exception {
        assertThat(verify(text)).isZero();
        assertThat(verify(text, "--part")).isZero();
    }

    // row 64
    @Test
    void an_export_with_a_field_twice_or_one_more_is_not_whole() throws Exception {
        for (String altered : List.of(
                text.replaceFirst("\"model\":", "\"model\":\"evil\",\"model\":"),
                text.replaceFirst("\"model\":", "\"extra\":\"x\",\"model\":"))) {
            assertThat(verify(altered)).isEqualTo(ExitCode.FAILED);
            assertThat(verify(altered, "--part")).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("wrong: line 2 says nothing: ").doesNotContain(" is whole.");
        }
    }

    // row 64
    @Test
    void what_is_wrong_is_said_without_control_characters_of_the_file() throws Exception {
        for (String altered : List.of(
                text.replaceFirst("\\{", "red\u001b[31m{"),
                text.replaceFirst("\"type\":\"event\"", "\"type\":\"\\\\u001b[31m\\\\r\""))) {
            assertThat(verify(altered)).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("\\u001b").doesNotContain("\u001b", "\r");
        }
    }

    private int verify(String altered, String... options) throws Exception {
        Files.writeString(export, altered);
        CommandLine mehari = Mehari.commandLine().setOut(new PrintWriter(out));
        List<String> args = new ArrayList<>(List.of("audit", "verify", export.toString()));
        args.addAll(List.of(options));
        return mehari.execute(args.toArray(String[]::new));
    }
}
