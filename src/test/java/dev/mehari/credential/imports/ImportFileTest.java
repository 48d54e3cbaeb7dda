package dev.mehari.credential.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.config.Secret;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.CredentialTransfer.Problem;
import dev.mehari.credential.imports.ImportFile.Form;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportFileTest {
    private static final String ACCOUNT =
            "{\"client_id\":\"681.apps\",\"client_secret\":\"GOCSPX-s\",\"token\":\"ya29.t\","
                    + "\"refresh_token\":\"1//r\",\"scopes\":[\"a\",\"b\"],\"token_uri\":\"https://oauth2.googleapis.com/token\","
                    + "\"project_id\":\"proj-1\",\"expiry\":\"2025-12-01T10:00:00.123\",\"user_email\":\"a@example.com\"}";

    @Test
    void reads_our_own_form_with_all_that_it_may_say() {
        ParsedImport parsed = json("{\"credentials\":[{\"upstream\":\"openai\",\"name\":\"one\",\"kind\":\"header\","
                + "\"header\":\"X-Token\",\"secret\":\" v1 v2 \",\"priority\":7,\"weight\":3,\"max_concurrent\":2,"
                + "\"daily_quota\":5,\"user_gap_ms\":200,\"models\":[\"gpt-*\"],\"enabled\":false,"
                + "\"email\":\"o@example.com\"}]}");

        assertThat(parsed.problems()).isEmpty();
        CredentialDraft draft = parsed.entries().get(0).draft();
        assertThat(draft.upstream()).isEqualTo("openai");
        assertThat(draft.kind()).isEqualTo(Kind.HEADER);
        assertThat(draft.fields().header()).isEqualTo("X-Token");
        assertThat(draft.secret().distinctive().reveal()).isEqualTo("v1 v2");
        assertThat(draft.fields().priority()).isEqualTo(7);
        assertThat(draft.fields().weight()).isEqualTo(3);
        assertThat(draft.fields().maxConcurrent()).isEqualTo(2);
        assertThat(draft.fields().dailyQuota()).isEqualTo(5);
        assertThat(draft.fields().userGap()).isEqualTo(Duration.ofMillis(200));
        assertThat(draft.fields().models().patterns()).containsExactly("gpt-*");
        assertThat(draft.fields().enabled()).isFalse();
        assertThat(draft.fields().email()).isEqualTo("o@example.com");
    }

    // row 89
    @Test
    void reads_an_account_file() {
        ParsedImport parsed = read(ACCOUNT.getBytes(UTF_8), Form.JSON, "gemini");

        assertThat(parsed.problems()).isEmpty();
        CredentialDraft draft = parsed.entries().get(0).draft();
        CredentialSecret.OAuth secret = (CredentialSecret.OAuth) draft.secret();
        assertThat(draft.fields().name()).isEqualTo("a@example.com");
        assertThat(draft.upstream()).isEqualTo("gemini");
        assertThat(secret.grant().refreshToken().reveal()).isEqualTo("1//r");
        assertThat(secret.grant().clientId()).isEqualTo("681.apps");
        assertThat(secret.grant().clientSecret()).isEqualTo(new Secret("GOCSPX-s"));
        assertThat(secret.grant().scopes()).isEqualTo("a b");
        assertThat(secret.accessToken()).isEqualTo(new Secret("ya29.t"));
        assertThat(draft.tokenExpires()).isEqualTo(Instant.parse("2025-12-01T10:00:00.123Z"));
        assertThat(draft.toString()).doesNotContain("1//r", "ya29", "GOCSPX");
    }

    // row 89
    @Test
    void reads_a_zip_of_account_files_whatever_folders_it_has() throws Exception {
        byte[] zip = zip(
                "a/b/one.json", ACCOUNT, "../../etc/two.json", ACCOUNT, "__MACOSX/x.json", "junk", "notes.txt", "x");

        ParsedImport parsed = read(zip, Form.ZIP, "gemini");

        assertThat(parsed.entries()).extracting(entry -> entry.entry()).containsExactly("one", "two");
        assertThat(parsed.problems()).containsExactly(new Problem("notes", "is neither .json nor .toml"));
    }

    // row 89
    @Test
    void reads_accounts_toml() {
        String toml = """
                [[accounts]]
                email = "a@example.com"
                refresh_token = "r1"
                client_id = "c"
                access_token = "t"
                expires_at = 1764583200

                [[accounts]]
                email = "b@example.com"
                refresh_token = "r2"
                client_id = "c"
                disabled = true
                expires_at = 2025-12-01T10:00:00Z

                [[accounts]]
                email = "c@example.com"
                """;

        ParsedImport parsed = read(toml.getBytes(UTF_8), Form.TOML, "gemini");

        assertThat(parsed.entries())
                .hasSize(2)
                .allSatisfy(entry ->
                        assertThat(entry.draft().tokenExpires()).isEqualTo(Instant.parse("2025-12-01T10:00:00Z")));
        assertThat(parsed.entries().get(1).draft().fields().enabled()).isFalse();
        assertThat(parsed.problems()).hasSize(1);
        assertThat(parsed.problems().get(0).entry()).isEqualTo("accounts[2]");
    }

    @Test
    void keeps_accounts_apart_whose_names_are_addresses_at_different_ends() {
        String toml = """
                ["ana@x.com"]
                refresh_token = "r1"
                client_id = "c"

                ["ana@x.org"]
                refresh_token = "r2"
                client_id = "c"
                """;
        String json = "{\"ana@x.com\":{\"refresh_token\":\"r1\",\"client_id\":\"c\"},"
                + "\"ana@x.org\":{\"refresh_token\":\"r2\",\"client_id\":\"c\"}}";

        for (ParsedImport parsed : List.of(
                read(toml.getBytes(UTF_8), Form.TOML, "gemini"), read(json.getBytes(UTF_8), Form.JSON, "gemini"))) {
            assertThat(parsed.problems()).isEmpty();
            assertThat(parsed.entries())
                    .extracting(entry -> entry.draft().fields().name())
                    .containsExactly("ana@x.com", "ana@x.org");
        }
    }

    @Test
    void says_what_an_account_with_a_token_alone_lacks() {
        ParsedImport parsed = read("{\"token\":\"ya29.t\"}".getBytes(UTF_8), Form.JSON, "gemini");

        assertThat(parsed.problems()).containsExactly(new Problem("credential", "refresh_token: must be given"));
    }

    @Test
    void lists_every_problem_and_keeps_the_rest() {
        ParsedImport parsed = json("{\"credentials\":[{\"name\":\"x\",\"secret\":\"s\"},5,"
                + "{\"upstream\":\"u\",\"name\":\"a;b\",\"secret\":\"s\"},"
                + "{\"upstream\":\"u\",\"name\":\"a\",\"secret\":\"with\\nline\"},"
                + "{\"upstream\":\"u\",\"name\":\"a\",\"secret\":\"s\",\"kind\":\"magic\"},"
                + "{\"upstream\":\"u\",\"name\":\"a\",\"secret\":\"s\",\"nonsense\":1},"
                + "{\"upstream\":\"u\",\"name\":\"a\",\"kind\":\"header\",\"header\":\"Host\",\"secret\":\"s\"},"
                + "{\"upstream\":\"u\",\"name\":\"a\",\"refresh_token\":\"r\",\"client_id\":\"c\","
                + "\"token_url\":\"http://evil.example.com/\"},"
                + "{\"upstream\":\"u\",\"name\":\"good\",\"secret\":\"s\"}]}");

        assertThat(parsed.entries()).hasSize(1);
        assertThat(parsed.problems())
                .extracting(problem -> problem.problem().split(":")[0])
                .containsExactly(
                        "upstream", "is no object", "name", "secret", "kind", "nonsense", "header", "token_url");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "5",
                "[]",
                "{}",
                "{\"a\":1}",
                "[[[[",
                "{\"credentials\":{}}",
                "\u0000",
                "{\"secret\":\"top-secret-text\""
            })
    void reads_no_credential_from_nonsense_and_repeats_none_of_it(String nonsense) {
        for (Form form : Form.values()) {
            ParsedImport parsed = read(nonsense.getBytes(UTF_8), form, "u");
            assertThat(parsed.entries()).isEmpty();
            assertThat(parsed.problems().toString()).doesNotContain("top-secret-text");
        }
    }

    @Property(tries = 300)
    void never_fails_on_bytes(@ForAll @Size(max = 200) byte[] bytes) {
        for (Form form : Form.values()) {
            assertThat(read(bytes, form, "u")).isNotNull();
        }
    }

    @Test
    void stops_unpacking_a_bomb() throws Exception {
        byte[] bomb = zip("a.json", " ".repeat(1_000_000), "b.json", " ".repeat(1_000_000), "c.json", ACCOUNT);

        ParsedImport parsed = read(bomb, Form.ZIP, "u");

        assertThat(bomb.length).isLessThan(10_000);
        assertThat(parsed.entries()).isEmpty();
        assertThat(parsed.problems())
                .last()
                .extracting(Problem::problem)
                .asString()
                .contains("unpacks to more");
    }

    @Test
    void takes_a_bounded_number_of_entries() {
        StringBuilder many = new StringBuilder("{\"credentials\":[5");
        for (int i = 0; i < 20_000; i++) {
            many.append(",5");
        }

        ParsedImport parsed = json(many + "]}");

        assertThat(parsed.problems()).hasSize(5_001);
    }

    @Test
    void opens_an_export_with_its_passphrase_only() throws Exception {
        ParsedImport parsed = read(
                ("[" + ACCOUNT + ",{\"upstream\":\"u\",\"name\":\"k\",\"secret\":\"sk-1\","
                                + "\"kind\":\"api-key\",\"models\":[\"m\"]}]")
                        .getBytes(UTF_8),
                Form.JSON,
                "gemini");
        List<CredentialDraft> drafts =
                parsed.entries().stream().map(entry -> entry.draft()).toList();
        var file = ExportFile.seal(
                ExportJson.of(drafts).toString().getBytes(UTF_8),
                new Secret("correct horse battery"),
                new SecureRandom());

        byte[] opened =
                ExportFile.open(new ObjectMapper().readTree(file.toString()), new Secret("correct horse battery"));

        assertThat(file.toString()).doesNotContain("sk-1", "1//r");
        assertThat(json(new String(opened, UTF_8)).entries())
                .extracting(entry -> entry.draft())
                .isEqualTo(drafts);
        assertThatThrownBy(() -> ExportFile.open(file, new Secret("correct horse batterz")))
                .isInstanceOf(ExportFile.Unopened.class);
        file.put("iterations", 1_000_000_000);
        assertThatThrownBy(() -> ExportFile.open(file, new Secret("correct horse battery")))
                .isInstanceOf(ExportFile.Unopened.class);
    }

    private static ParsedImport json(String text) {
        return read(text.getBytes(UTF_8), Form.JSON, null);
    }

    private static ParsedImport read(byte[] bytes, Form form, @Nullable String upstream) {
        return new ImportFile(upstream).read(bytes, form);
    }

    private static byte[] zip(String... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }
}
