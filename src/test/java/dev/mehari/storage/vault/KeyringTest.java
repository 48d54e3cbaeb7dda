package dev.mehari.storage.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.config.Secret;
import dev.mehari.storage.vault.Keyring.Sealed;
import dev.mehari.storage.vault.Keyring.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final MasterKey OLD = MasterKey.of("old old old old old old old old old old");
    private static final MasterKey NEW = MasterKey.of("new new new new new new new new new new");
    private static final byte[] SECRET = "secret".getBytes(UTF_8);

    @TempDir
    private Path folder;

    private final Version first = new Keyring(List.of(), List.of(OLD), RANDOM).first(OLD);
    private final Keyring before = new Keyring(List.of(first), List.of(NEW, OLD), RANDOM);
    private final Version second = before.following(NEW);

    @Test
    void seals_with_the_version_that_the_database_knows_until_the_next_is_in_force() throws Exception {
        Sealed sealed = before.seal(SECRET, "x");
        assertThat(sealed.version()).isEqualTo(1);
        assertThat(before.next()).isSameAs(NEW);

        Keyring after = new Keyring(List.of(first, second), List.of(NEW, OLD), RANDOM);

        assertThat(after.next()).isNull();
        assertThat(after.seal(SECRET, "x").version()).isEqualTo(2);
        assertThat(after.open(1, sealed.bytes(), "x")).isEqualTo(SECRET);
    }

    @Test
    void fingerprints_stay_the_same_when_the_old_key_is_gone() {
        Keyring newOnly = new Keyring(List.of(first, second), List.of(NEW), RANDOM);

        assertThat(newOnly.isLocked()).isFalse();
        assertThat(newOnly.fingerprint(SECRET))
                .isEqualTo(before.fingerprint(SECRET))
                .hasSize(32);
        assertThat(newOnly.fingerprint("other".getBytes(UTF_8))).isNotEqualTo(before.fingerprint(SECRET));
    }

    @Test
    void is_locked_without_the_key_in_force_but_opens_what_it_can() throws Exception {
        Sealed sealed = before.seal(SECRET, "x");
        Keyring oldOnly = new Keyring(List.of(first, second), List.of(OLD), RANDOM);

        assertThat(oldOnly.isLocked()).isTrue();
        assertThat(oldOnly.versions()).containsExactly(1);
        assertThat(oldOnly.open(1, sealed.bytes(), "x")).isEqualTo(SECRET);
        assertThatThrownBy(() -> oldOnly.open(2, sealed.bytes(), "x"))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("version 2");
        assertThat(new Keyring(List.of(), List.of(), RANDOM).isLocked()).isFalse();
    }

    @Test
    void makes_a_file_that_only_the_owner_reads_and_appends_to_it() throws Exception {
        MasterKeyFile file = new MasterKeyFile(folder, RANDOM);
        assertThat(file.all()).isEmpty();

        MasterKey one = file.make();
        MasterKey two = file.make();

        Path path = folder.resolve("master-key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(Files.readAllLines(path)).hasSize(2).first().asString().startsWith("1:");
        assertThat(file.all()).extracting(MasterKey::check).containsExactly(two.check(), one.check());
        assertThat(folder).isDirectoryNotContaining(other -> !other.equals(path));
    }

    @Test
    void says_what_is_wrong_with_a_file_without_repeating_it() throws Exception {
        Files.writeString(folder.resolve("master-key"), "1:tooshort-secret\n");
        assertThatThrownBy(() -> new MasterKeyFile(folder, RANDOM).all())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("master-key")
                .hasMessageNotContaining("tooshort");

        Files.writeString(folder.resolve("master-key"), "no key at all\n");
        assertThatThrownBy(() -> new MasterKeyFile(folder, RANDOM).all())
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("no key");
    }

    @Test
    void configured_keys_are_several_with_commas_and_are_never_made() {
        ConfiguredKeys keys = new ConfiguredKeys(new Secret("n".repeat(32) + ", " + "o".repeat(32)));

        assertThat(keys.all()).hasSize(2);
        assertThatThrownBy(keys::make)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("mehari.credentials.master-key");
        assertThatThrownBy(() -> new ConfiguredKeys(new Secret("n".repeat(32) + ",short")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("mehari.credentials.master-key")
                .hasMessageNotContaining("short\"");
    }
}
