package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.audit.AuditJson;
import dev.mehari.audit.proof.AuditFormatException;
import dev.mehari.audit.proof.ExportLines;
import dev.mehari.audit.proof.NotedHead;
import dev.mehari.audit.proof.TrustedKeys;
import dev.mehari.audit.proof.Verdict;
import dev.mehari.audit.proof.Verifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mehari audit verify}: exit code 1 when something is wrong. */
@Command(
        name = "verify",
        description = "Proves that nothing of the audit is missing or changed; exit code 1 when something is.",
        mixinStandardHelpOptions = true)
final class AuditVerifyCommand extends AdminStreamCommand {
    private static final Duration LONGEST_UNSIGNED = Duration.ofHours(1);

    @Parameters(
            index = "0..*",
            arity = "0..*",
            paramLabel = "FILE",
            description = "An export, verified without a gateway. Default: what the gateway has.")
    private List<Path> files = List.of();

    @Option(
            names = "--part",
            description =
                    "The files are a part of the audit, as another sink than the table writes it; in their order.")
    private boolean part;

    @Option(
            names = "--public-key",
            paramLabel = "FILE",
            description =
                    "The gateways' public keys, as mehari audit key printed them earlier: PEM, or Base64 one a line. Default: those that the"
                            + " audit names itself, which proves less.")
    private @Nullable Path publicKey;

    @Option(
            names = "--head",
            paramLabel = "HEAD",
            description = "How far a chain had come, as an earlier run printed it; may be given several times.")
    private List<String> heads = List.of();

    private final ExportLines lines = new ExportLines();

    @Override
    boolean isAlone() {
        return part || !files.isEmpty();
    }

    @Override
    int runAlone(PrintWriter out, boolean json) throws AdminFailure {
        if (files.isEmpty()) {
            throw new AdminFailure("--part needs a file", true);
        }
        if (files.size() > 1 && !part) {
            throw new AdminFailure("An export is one file; with --part there may be several.", true);
        }
        TrustedKeys keys = keys();
        Verifier verifier = verifier(keys);
        for (Path file : files) {
            read(file, verifier);
        }
        return tell(verifier.finish(), keys, out, json);
    }

    private void read(Path file, Verifier verifier) throws AdminFailure {
        try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                accept(verifier, line, ++number);
            }
        } catch (IOException failure) {
            throw unreadable(file, failure);
        }
    }

    private static AdminFailure unreadable(Path file, IOException failure) {
        return new AdminFailure(
                failure instanceof NoSuchFileException
                        ? "There is no file " + file
                        : file + " cannot be read: " + failure.getMessage(),
                true);
    }

    @Override
    int run(AdminClient client, PrintWriter out, boolean json) throws AdminFailure {
        TrustedKeys keys = keys();
        Verifier verifier = verifier(keys);
        long[] number = new long[1];
        AuditLines.read(client, line -> {
            accept(verifier, line, ++number[0]);
            return true;
        });
        return tell(verifier.finish(), keys, out, json);
    }

    private void accept(Verifier verifier, String line, long number) {
        try {
            verifier.accept(lines.read(line));
        } catch (AuditFormatException wrong) {
            verifier.unreadable(number, String.valueOf(wrong.getMessage()));
        }
    }

    private Verifier verifier(TrustedKeys keys) throws AdminFailure {
        List<NotedHead> noted = new ArrayList<>();
        for (String head : heads) {
            try {
                noted.add(NotedHead.parse(head));
            } catch (IllegalArgumentException wrong) {
                throw new AdminFailure("--head: " + wrong.getMessage(), true);
            }
        }
        return part ? Verifier.ofPart(keys, noted, LONGEST_UNSIGNED) : new Verifier(keys, noted, LONGEST_UNSIGNED);
    }

    private TrustedKeys keys() throws AdminFailure {
        Path from = publicKey;
        if (from == null) {
            return TrustedKeys.ofExport();
        }
        try {
            return TrustedKeys.read(Files.readString(from, UTF_8));
        } catch (IllegalArgumentException wrong) {
            throw new AdminFailure(from + " " + wrong.getMessage(), true);
        } catch (IOException failure) {
            throw unreadable(from, failure);
        }
    }

    private int tell(Verdict verdict, TrustedKeys keys, PrintWriter out, boolean json) {
        if (json) {
            out.println(json(verdict, keys));
        } else {
            print(verdict, keys, out);
        }
        return verdict.isWhole() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void print(Verdict verdict, TrustedKeys keys, PrintWriter out) {
        verdict.problems().forEach(problem -> out.println("wrong: " + problem.what()));
        if (verdict.problemsInAll() > verdict.problems().size()) {
            out.println("and " + (verdict.problemsInAll() - verdict.problems().size()) + " more");
        }
        out.println(verdict.events() + " events in " + verdict.chains() + " chains with " + verdict.checkpoints()
                + " signatures; " + dropped(verdict) + ", " + verdict.unsigned() + " not signed yet");
        if (verdict.unproven() > 0) {
            out.println(verdict.unproven() + " events cannot be checked because of what is wrong before them");
        }
        if (!keys.areGiven()) {
            out.println(
                    "Signatures were checked with the keys that the audit names itself; give --public-key for a proof.");
        }
        out.println((part ? "This part" : "The audit")
                + (verdict.isWhole() ? " is whole. Its heads, for --head:" : " is NOT whole. Its heads:"));
        verdict.heads().forEach(head -> out.println("  " + head));
    }

    private static String dropped(Verdict verdict) {
        String reasons = verdict.droppedBy().entrySet().stream()
                .map(one -> one.getValue() + " " + one.getKey())
                .collect(Collectors.joining(", "));
        return verdict.dropped() + " events dropped" + (reasons.isEmpty() ? "" : " (" + reasons + ")");
    }

    private ObjectNode json(Verdict verdict, TrustedKeys keys) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("whole", verdict.isWhole())
                .put("part", part)
                .put("keys_given", keys.areGiven())
                .put("chains", verdict.chains())
                .put("events", verdict.events())
                .put("checkpoints", verdict.checkpoints())
                .put("dropped", verdict.dropped())
                .put("unsigned", verdict.unsigned())
                .put("unproven", verdict.unproven())
                .put("problems_in_all", verdict.problemsInAll());
        ObjectNode droppedBy = json.putObject("dropped_by");
        verdict.droppedBy().forEach(droppedBy::put);
        ArrayNode problems = json.putArray("problems");
        verdict.problems()
                .forEach(problem -> problems.addObject()
                        .put("kind", AuditJson.lower(problem.kind()))
                        .put("chain", problem.chain())
                        .put("first", problem.first())
                        .put("last", problem.last())
                        .put("what", problem.what()));
        ArrayNode heads = json.putArray("heads");
        verdict.heads().forEach(head -> heads.add(head.toString()));
        return json;
    }
}
