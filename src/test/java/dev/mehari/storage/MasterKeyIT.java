package dev.mehari.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.config.Secret;
import dev.mehari.credential.Credential;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.credential.CredentialChange;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.MasterKeyChange.CannotRotate;
import dev.mehari.credential.MasterKeyChange.Rotation;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Master keys of one and of several instances on one database. */
class MasterKeyIT {
    private static final String OLD = "the old master key of all instances";
    private static final String NEW = "the new master key of all instances";

    private static TestDatabase database;

    @TempDir
    private Path here;

    @TempDir
    private Path there;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("truncate upstream, credential, master_key cascade;"
                + " insert into upstream (name, dialect, base_url) values ('openai', 'openai', 'http://127.0.0.1:1')");
    }

    @Test
    void the_first_secret_makes_the_file_and_a_start_alone_does_not() throws Exception {
        SealedSecrets first = open(null, here);
        SealedSecrets second = open(null, there);
        assertThat(here.resolve("master-key")).doesNotExist();

        keep(first, "one");

        assertThat(here.resolve("master-key")).exists();
        assertThat(there.resolve("master-key")).doesNotExist();
        assertThat(names(open(null, here))).containsExactly("one");
        assertThatThrownBy(() -> keep(second, "two"))
                .isInstanceOf(StorageUnavailable.class)
                .hasMessageContaining("master-key");
        assertThat(names(second)).isEmpty();
    }

    @Test
    void an_instance_with_another_key_does_not_start_and_destroys_nothing() throws Exception {
        keep(open(null, here), "one");
        String before = database.text("select encode(secret, 'hex') from credential");

        assertThatThrownBy(() -> open(null, there))
                .isInstanceOf(StorageStartException.class)
                .hasMessageContaining("Copy the file master-key")
                .hasMessageContaining("mehari.credentials.master-key");
        assertThatThrownBy(() -> open("some other master key, long enough", there))
                .isInstanceOf(StorageStartException.class);
        assertThatThrownBy(() -> open("too short", there))
                .isInstanceOf(StorageStartException.class)
                .hasMessageContaining("32 characters")
                .hasMessageNotContaining("too short");

        assertThat(there.resolve("master-key")).doesNotExist();
        assertThat(database.text("select encode(secret, 'hex') from credential"))
                .isEqualTo(before);
        Files.copy(here.resolve("master-key"), there.resolve("master-key"));
        assertThat(names(open(null, there))).containsExactly("one");
    }

    @Test
    void a_configured_key_is_rotated_while_instances_that_know_both_work_on() throws Exception {
        keep(open(OLD, here), "one");
        SealedSecrets first = open(NEW + "," + OLD, here);
        SealedSecrets second = open(NEW + ", " + OLD, there);
        keep(second, "two");
        assertThat(versions()).containsExactly(1);

        assertThat(rotate(first)).isEqualTo(new Rotation(2, 2, 0));

        assertThat(versions()).containsExactly(2);
        assertThat(names(second)).containsExactly("one", "two");
        keep(second, "three");
        assertThat(versions()).containsExactly(2);
        assertThat(names(open(NEW, there))).containsExactly("one", "two", "three");
        assertThatThrownBy(() -> open(OLD, here))
                .isInstanceOf(StorageStartException.class)
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> rotate(first))
                .isInstanceOf(CannotRotate.class)
                .hasMessageContaining("a comma and the old one");
    }

    @Test
    void the_same_secret_is_found_again_after_a_rotation() throws Exception {
        keep(open(OLD, here), "one");
        rotate(open(NEW + "," + OLD, here));

        CredentialChange again = registry(open(NEW, here)).create(draft("other name", "secret of one"));

        assertThat(again).isEqualTo(new CredentialChange.SameSecret("one"));
    }

    @Test
    void a_rotation_that_was_cut_off_goes_on_where_it_ended() throws Exception {
        SealedSecrets both = open(NEW + "," + OLD, here);
        SealedSecrets old = open(OLD, here);
        IntStream.range(0, 250).forEach(i -> keepSurely(old, "one " + i));
        database.execute("create function fail() returns trigger language plpgsql as"
                + " $$ begin raise exception 'cut off'; end $$;"
                + " create trigger fail before update on credential for each row when (old.name = 'one 150')"
                + " execute function fail()");

        assertThatThrownBy(() -> rotate(both)).isInstanceOf(StorageUnavailable.class);
        assertThat(database.number("select count(*) from credential where key_version = 2"))
                .isEqualTo(100);
        assertThat(names(both)).hasSize(250);
        database.execute("drop trigger fail on credential; drop function fail()");

        assertThat(rotate(both)).isEqualTo(new Rotation(2, 150, 0));
        assertThat(versions()).containsExactly(2);
        assertThat(names(open(NEW, there))).hasSize(250);
    }

    @Test
    void the_file_gets_a_line_more_unless_somebody_has_added_one() throws Exception {
        SealedSecrets secrets = open(null, here);
        keep(secrets, "one");
        Path file = here.resolve("master-key");

        assertThat(rotate(secrets)).isEqualTo(new Rotation(2, 1, 0));
        assertThat(Files.readAllLines(file)).hasSize(2);
        Files.writeString(file, Files.readString(file) + "3:" + NEW.replace(' ', '-') + "\n", UTF_8);
        assertThat(rotate(secrets)).isEqualTo(new Rotation(3, 1, 0));

        assertThat(Files.readAllLines(file)).hasSize(3);
        assertThat(names(open(NEW.replace(' ', '-'), there))).containsExactly("one");
    }

    @Test
    void a_credential_of_an_unknown_version_is_left_out_and_stays_as_it_is() throws Exception {
        SealedSecrets secrets = open(OLD, here);
        keep(secrets, "one");
        keep(secrets, "two");
        database.execute("update credential set key_version = 77 where name = 'two'");

        assertThat(names(secrets)).containsExactly("one");
        assertThat(registry(secrets).list(null)).extracting(one -> one.opens()).containsExactly(true, false);
    }

    private static SealedSecrets open(@Nullable String configured, Path folder) {
        return SealedSecrets.open(
                database.database(), configured == null ? null : new Secret(configured), folder, new SecureRandom());
    }

    private static Rotation rotate(SealedSecrets secrets) throws Exception {
        return new MasterKeyRotation(database.database(), secrets).rotate();
    }

    private static CredentialRegistryTable registry(SealedSecrets secrets) {
        return new CredentialRegistryTable(database.database(), secrets);
    }

    private static void keep(SealedSecrets secrets, String name) throws Exception {
        assertThat(registry(secrets).create(draft(name, "secret of " + name)))
                .isInstanceOf(CredentialChange.Done.class);
    }

    private static void keepSurely(SealedSecrets secrets, String name) {
        try {
            keep(secrets, name);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static CredentialDraft draft(String name, String secret) {
        return new CredentialDraft(
                "openai",
                Kind.BEARER,
                CredentialFields.named(name),
                new CredentialSecret.Text(new Secret(secret)),
                null);
    }

    private static List<String> names(SealedSecrets secrets) throws Exception {
        return new CredentialTable(database.database(), secrets)
                .load().stream().map(Credential::name).toList();
    }

    private static List<Integer> versions() {
        return database.query("select distinct key_version from credential").stream()
                .map(Integer::valueOf)
                .toList();
    }
}
