package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a folder with routes has changed and come to rest. */
class FolderWatchTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws Exception {
        Files.writeString(folder.resolve("one.camel.yaml"), "first");
    }

    @Test
    void a_change_is_told_once_and_only_when_nothing_moves_any_more() throws Exception {
        FolderWatch watch = new FolderWatch(folder);
        assertThat(watch.hasComeToRest()).isFalse();

        Files.writeString(folder.resolve("one.camel.yaml"), "");
        assertThat(watch.hasComeToRest()).as("truncated just now").isFalse();
        Files.writeString(folder.resolve("one.camel.yaml"), "second, written in steps");
        assertThat(watch.hasComeToRest()).as("written just now").isFalse();

        assertThat(watch.hasComeToRest()).isTrue();
        assertThat(watch.hasComeToRest()).isFalse();
    }

    @Test
    void a_file_that_is_renamed_over_another_is_a_change() throws Exception {
        FolderWatch watch = new FolderWatch(folder);
        Path written = Files.writeString(folder.resolve("one.camel.yaml.tmp"), "other");
        assertThat(watch.hasComeToRest()).isFalse();
        assertThat(watch.hasComeToRest()).as("an editor's own file").isFalse();

        Files.move(written, folder.resolve("one.camel.yaml"), StandardCopyOption.REPLACE_EXISTING);

        assertThat(watch.hasComeToRest()).isFalse();
        assertThat(watch.hasComeToRest()).isTrue();
    }

    @Test
    void a_file_that_can_be_read_from_now_on_is_a_change() throws Exception {
        Path file = folder.resolve("one.camel.yaml");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        FolderWatch watch = new FolderWatch(folder);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThat(watch.hasComeToRest()).isFalse();
        assertThat(watch.hasComeToRest()).isTrue();
    }

    @Test
    void new_and_deleted_files_are_changes() throws Exception {
        FolderWatch watch = new FolderWatch(folder);

        Files.writeString(folder.resolve("two.camel.yaml"), "new");
        assertThat(watch.hasComeToRest()).isFalse();
        assertThat(watch.hasComeToRest()).isTrue();

        Files.delete(folder.resolve("two.camel.yaml"));
        assertThat(watch.hasComeToRest()).isFalse();
        assertThat(watch.hasComeToRest()).isTrue();
    }

    @Test
    void a_config_map_of_kubernetes_is_seen_to_change_and_read_through_its_links(@TempDir Path mount) throws Exception {
        Path before = Files.createDirectory(mount.resolve("..2026_01"));
        Path after = Files.createDirectory(mount.resolve("..2026_02"));
        Files.writeString(before.resolve("one.camel.yaml"), "old!!");
        Files.writeString(after.resolve("one.camel.yaml"), "new!!");
        Path data = Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_01"));
        Files.createSymbolicLink(mount.resolve("one.camel.yaml"), Path.of("..data/one.camel.yaml"));
        FolderWatch watch = new FolderWatch(mount);
        RouteSource source = new RouteSource.Folder(mount);
        assertThat(source.read().values()).containsExactly(new RouteFile("one.camel.yaml", "old!!"));

        Path next = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2026_02"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

        assertThat(watch.hasComeToRest()).isFalse();
        assertThat(watch.hasComeToRest()).isTrue();
        assertThat(source.read().values()).containsExactly(new RouteFile("one.camel.yaml", "new!!"));
    }
}
