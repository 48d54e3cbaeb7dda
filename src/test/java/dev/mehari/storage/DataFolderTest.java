package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @Test
    void a_second_instance_on_the_same_folder_is_refused_with_the_holder_and_the_way_out(@TempDir Path folder) {
        try (DataFolder taken = DataFolder.take(folder)) {
            assertThat(taken.path()).isAbsolute();
            assertThatThrownBy(() -> DataFolder.take(folder))
                    .isInstanceOf(StorageStartException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("--data-dir");
        }
    }

    @Test
    void a_folder_that_was_let_go_can_be_taken_again(@TempDir Path folder) {
        DataFolder.take(folder).close();

        DataFolder.take(folder).close();
    }

    @Test
    void a_folder_that_cannot_be_made_is_named(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("occupied"));

        assertThatThrownBy(() -> DataFolder.take(file.resolve("data")))
                .isInstanceOf(StorageStartException.class)
                .hasMessageContaining("occupied")
                .hasMessageContaining("make it writable, or choose another with --data-dir");
    }
}
