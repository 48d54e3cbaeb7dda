package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.Secret;
import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialChange;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.storage.CredentialRegistryTable;
import dev.mehari.storage.SealedSecrets;
import dev.mehari.testing.AdminCaller;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestFolder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real processes on one database: with the same master key they share credentials, with another one they do not start. */
class SharedMasterKeyIT {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String OLD = "old-0123456789abcdef0123456789abcdef";
    private static final String NEW = "new-0123456789abcdef0123456789abcdef";

    private static TestDatabase database;
    private static StubUpstream stub;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        stub = StubUpstream.answering((request, reply) -> reply.json(
                "Bearer good-secret-of-all".equals(request.headers().get("authorization")) ? 200 : 401,
                "{\"data\":[]}"));
        database.execute("insert into upstream (name, dialect, base_url) values ('openai', 'openai', 'http://127.0.0.1:"
                + stub.port() + "')");
    }

    @AfterAll
    static void close() {
        stub.close();
        database.close();
    }

    // row 87
    @Test
    void two_instances_share_credentials_through_a_rotation_and_a_stranger_is_refused() throws Exception {
        String path = "/api/credentials/" + keepWith(OLD);
        try (MehariProcess one = start(NEW + "," + OLD);
                MehariProcess two = start(NEW + "," + OLD)) {
            AdminCaller here = caller(one.awaitReady());
            AdminCaller there = caller(two.awaitReady());
            assertThat(works(there, path)).isTrue();

            assertThat(here.json("POST", "/api/master-key/rotate", "")
                            .path("left")
                            .asInt(-1))
                    .isZero();

            assertThat(works(there, path)).isTrue();
            assertThat(there.json("GET", path, "").path("state").asText()).isEqualTo("usable");
            assertThat(one.text() + two.text()).doesNotContain("good-secret");
        }
        String before = database.text("select encode(secret, 'hex') from credential");

        try (MehariProcess stranger = start(OLD.replace("old", "odd"))) {
            assertThat(stranger.exitCode()).as(stranger.text()).isNotZero();
            assertThat(stranger.text())
                    .contains("Copy the file master-key")
                    .contains("mehari.credentials.master-key")
                    .doesNotContain("odd-0123456789");
        }
        assertThat(database.text("select encode(secret, 'hex') from credential"))
                .isEqualTo(before);
    }

    /** What an instance with the old key alone has kept; its id. */
    private static long keepWith(String masterKey) throws Exception {
        SealedSecrets secrets =
                SealedSecrets.open(database.database(), new Secret(masterKey), Path.of("unused"), new SecureRandom());
        CredentialChange kept = new CredentialRegistryTable(database.database(), secrets)
                .create(new CredentialDraft(
                        "openai",
                        Credential.Kind.API_KEY,
                        CredentialFields.named("one"),
                        new CredentialSecret.Text(new Secret("good-secret-of-all")),
                        null));
        return ((CredentialChange.Done) kept).credential().id();
    }

    private static boolean works(AdminCaller caller, String path) throws Exception {
        return caller.json("POST", path + "/test", "").path("works").asBoolean();
    }

    private static AdminCaller caller(MehariProcess process) {
        return AdminCaller.stranger(process.adminUrl().toString()).with("Authorization", "Bearer " + TOKEN);
    }

    private static MehariProcess start(String masterKey) throws Exception {
        Path folder = TestFolder.create("mehari-data");
        return MehariProcess.start(
                Map.of("MEHARI_ADMIN_TOKEN", TOKEN, "MEHARI_CREDENTIALS_MASTER_KEY", masterKey),
                "run",
                "--port=0",
                "--admin-port=0",
                "--db-url=" + database.url(),
                "--data-dir=" + folder);
    }
}
