package dev.mehari.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.cli.Mehari;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mehari credentials} and {@code mehari master-key} on a running gateway. */
class CredentialCommandsIT {
    private static final String CANARY = "canary-secret-0123456789-wxyz";

    private static TestDatabase database;
    private static StubUpstream stub;
    private static TestGateway gateway;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        stub = StubUpstream.answering((request, reply) -> reply.json(200, "{\"data\":[]}"));
        gateway = TestGateway.to(stub, database, "mehari.credentials.master-key", "none");
    }

    @AfterAll
    static void close() {
        gateway.close();
        stub.close();
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("truncate credential cascade; delete from upstream where name = 'openai';"
                + " insert into upstream (name, dialect, base_url) values"
                + " ('openai', 'openai', 'http://127.0.0.1:" + stub.port() + "')");
    }

    // row 89
    @Test
    void a_credential_lives_on_the_command_line_and_its_secret_never_shows() throws Exception {
        Path secret = Files.writeString(folder.resolve("key"), CANARY + "\n");
        run(0, "credentials", "add", "--upstream=openai", "--name=alice", "--secret-file=" + secret, "--weight=3");
        run(0, "credentials", "edit", "alice", "--daily-quota=5");
        run(0, "credentials", "list");
        assertThat(out.toString()).containsPattern("alice +api-key +usable +wxyz");
        run(0, "credentials", "disable", "alice");
        run(0, "credentials", "list", "--status=disabled");
        run(0, "credentials", "enable", "alice");
        run(0, "credentials", "test", "alice");
        assertThat(out.toString()).contains("works: the upstream answered as it should");
        database.execute("update upstream set base_url = 'http://127.0.0.1:1' where name = 'openai'");
        await().untilAsserted(() -> run(1, "credentials", "test", "alice"));
        assertThat(out.toString()).contains("does not work: ");
        run(0, "credentials", "show", "alice");
        assertThat(out.toString()).containsPattern("daily quota +5").containsPattern("weight +3");
        run(1 + 1, "credentials", "refresh", "alice");
        run(0, "credentials", "rules");
        assertThat(out.toString()).containsPattern("401 +credential +unauthorized +30m");
        run(0, "master-key", "rotate");
        assertThat(out.toString()).contains("Master key version ").contains("1 secrets are sealed anew");
        run(0, "credentials", "remove", "alice");

        assertThat(database.number("select count(*) from credential")).isZero();
        assertThat(out.toString() + err).doesNotContain(CANARY);
    }

    // row 89
    @Test
    void an_export_is_imported_again() throws Exception {
        Path secret = Files.writeString(folder.resolve("key"), CANARY + "\n");
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "correct horse battery\n");
        Path export = folder.resolve("export.json");
        run(0, "credentials", "add", "--upstream=openai", "--name=alice", "--secret-file=" + secret);
        run(0, "credentials", "export", "--passphrase-file=" + passphrase, "--out=" + export);
        assertThat(Files.readString(export)).doesNotContain(CANARY).contains("mehari-credentials-1");
        run(0, "credentials", "remove", "alice");

        run(2, "credentials", "import", export.toString());
        run(0, "credentials", "import", export.toString(), "--passphrase-file=" + passphrase, "--dry-run");
        assertThat(database.number("select count(*) from credential")).isZero();
        run(0, "credentials", "import", export.toString(), "--passphrase-file=" + passphrase);
        run(
                1,
                "credentials",
                "import",
                Files.writeString(folder.resolve("bad.json"), """
                [{"name": "alice", "upstream": "nowhere", "secret": "sk-0123456789"}]""").toString());
        run(0, "credentials", "import", export.toString(), "--passphrase-file=" + passphrase, "--json");

        assertThat(new ObjectMapper()
                        .readTree(out.toString().lines().reduce("", (one, next) -> next))
                        .at("/duplicates/0/of")
                        .asText())
                .isEqualTo("alice");
        assertThat(out.toString() + err).doesNotContain(CANARY);
    }

    // row 89
    @Test
    void variables_of_the_environment_are_imported() throws Exception {
        try (MehariProcess process = MehariProcess.start(
                Map.of(
                        "MEHARI_ADMIN_TOKEN",
                        gateway.adminToken(),
                        "MEHARI_CREDENTIAL_TEAM_A",
                        CANARY,
                        "MEHARI_CREDENTIAL_B",
                        "{\"name\":\"bob\",\"kind\":\"bearer\",\"secret\":\"" + CANARY + "2\"}"),
                "credentials",
                "import",
                "--env",
                "--upstream=openai",
                "--admin-url=" + gateway.adminUrl())) {
            assertThat(process.exitCode()).as(process.text()).isZero();
            assertThat(process.text()).doesNotContain(CANARY);
        }

        assertThat(database.query("select name || ' ' || kind from credential order by name"))
                .containsExactly("bob bearer", "team-a api-key");
    }

    private void run(int expected, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--admin-url=" + gateway.adminUrl());
        all.add("--data-dir=" + gateway.dataFolder());
        int code = Mehari.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        assertThat(code).as(err.toString().getBytes(UTF_8).length + " " + err).isEqualTo(expected);
    }
}
