package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mehari audit export}. */
@Command(
        name = "export",
        description = "Writes the whole audit with its proof as lines of JSON, for mehari audit verify.",
        mixinStandardHelpOptions = true)
final class AuditExportCommand extends AdminStreamCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "Default: standard output.")
    private @Nullable Path file;

    @Override
    int run(AdminClient client, PrintWriter out, boolean json) throws AdminFailure {
        Path to = file;
        if (to == null) {
            AuditLines.read(client, line -> {
                out.println(line);
                return !out.checkError();
            });
            return ExitCode.DONE;
        }
        long[] lines = new long[1];
        try (Writer writer = Files.newBufferedWriter(to, UTF_8)) {
            AuditLines.read(client, line -> {
                try {
                    writer.append(line).append('\n');
                    lines[0]++;
                    return true;
                } catch (IOException failure) {
                    throw unwritable(to, failure);
                }
            });
        } catch (IOException failure) {
            throw unwritable(to, failure);
        }
        if (json) {
            out.println(JsonNodeFactory.instance.objectNode().put("lines", lines[0]));
        } else {
            out.println(lines[0] + " lines in " + to);
        }
        return ExitCode.DONE;
    }

    private static AdminFailure unwritable(Path file, IOException failure) {
        return new AdminFailure(file + " cannot be written: " + failure.getMessage(), false);
    }
}
