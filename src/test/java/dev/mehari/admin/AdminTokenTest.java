package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
    @TempDir
    Path folder;

    @Test
    void is_made_on_first_start_for_the_owner_only() throws Exception {
        AdminToken made = AdminToken.inFolder(folder, new SecureRandom());

        Path file = folder.resolve(AdminToken.FILE);
        assertThat(Files.readString(file)).matches("[0-9a-f]{64}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder).isDirectoryContaining("glob:**/admin-token");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
        assertThat(made.isShownBy("Bearer " + Files.readString(file).strip())).isTrue();
        assertThat(made).hasToString("***");
    }

    @Test
    void stays_the_same_afterwards() throws Exception {
        AdminToken.inFolder(folder, new SecureRandom());
        String first = Files.readString(folder.resolve(AdminToken.FILE));

        AdminToken again = AdminToken.inFolder(folder, new SecureRandom());

        assertThat(Files.readString(folder.resolve(AdminToken.FILE))).isEqualTo(first);
        assertThat(again.isShownBy("bearer  " + first)).isTrue();
    }

    @Test
    void is_not_shown_by_anything_else() {
        AdminToken token = AdminToken.of("0123456789");

        assertThat(token.isShownBy(null)).isFalse();
        assertThat(token.isShownBy("0123456789")).isFalse();
        assertThat(token.isShownBy("Basic 0123456789")).isFalse();
        assertThat(token.isShownBy("Bearer 012345678")).isFalse();
        assertThat(token.isShownBy("Bearer 01234567890")).isFalse();
        assertThat(token.isShownBy("Bearer ")).isFalse();
    }

    @Test
    void refuses_an_empty_file() throws Exception {
        Files.createFile(folder.resolve(AdminToken.FILE));

        assertThatThrownBy(() -> AdminToken.inFolder(folder, new SecureRandom()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("delete it");
    }
}
