package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.mehari.caller.KeyHash;
import dev.mehari.config.DataConfig;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.settings.LiveSettings;
import dev.mehari.settings.SettingsInForce;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerIT {
    private static final SettingsInForce CONFIGURED =
            new SettingsInForce(100, 0, 200, Duration.ofSeconds(5), Duration.ofDays(90));

    @TempDir
    Path folder;

    @Test
    void what_was_kept_is_there_after_a_restart() throws Exception {
        try (DataFolder taken = DataFolder.take(folder)) {
            try (Database database = open(taken)) {
                settings(database).set("proxy.max_queue", "3");
            }
            assertThat(folder.resolve("pg/postmaster.pid")).doesNotExist();
            try (Database database = open(taken)) {
                LiveSettings settings = settings(database);
                settings.reload();
                assertThat(settings.current().maxQueue()).isEqualTo(3);
            }
        }
    }

    @Test
    void what_is_committed_outlives_a_crash() throws Exception {
        try (DataFolder taken = DataFolder.take(folder);
                Database database = open(taken);
                var connection = database.dataSource().getConnection();
                var settings = connection
                        .createStatement()
                        .executeQuery("select name, setting from pg_settings where name in"
                                + " ('fsync', 'full_page_writes', 'synchronous_commit')")) {
            Map<String, String> set = new TreeMap<>();
            while (settings.next()) {
                set.put(settings.getString(1), settings.getString(2));
            }
            assertThat(set).isEqualTo(Map.of("fsync", "on", "full_page_writes", "on", "synchronous_commit", "on"));
        }
    }

    @Test
    void a_server_left_by_a_killed_mehari_is_stopped_and_its_data_kept() throws Exception {
        OtherInstance other = OtherInstance.on(folder);
        assertThatThrownBy(() -> DataFolder.take(folder)).hasMessageContaining("process " + other.pid());
        long pid = Long.parseLong(
                Files.readAllLines(folder.resolve("pg/postmaster.pid")).get(0));
        other.kill();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isPresent();

        try (DataFolder taken = DataFolder.take(folder);
                Database database = open(taken);
                var connection = database.dataSource().getConnection()) {
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(connection
                            .createStatement()
                            .executeQuery("select one from kept")
                            .next())
                    .isTrue();
        }
    }

    @Test
    void a_stale_process_id_of_something_else_does_not_matter() throws Exception {
        try (DataFolder taken = DataFolder.take(folder)) {
            EmbeddedServer.start(taken, new SecureRandom()).close();
            Files.writeString(
                    folder.resolve("pg/postmaster.pid"), ProcessHandle.current().pid() + "\n");

            EmbeddedServer.start(taken, new SecureRandom()).close();
        }
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    @Test
    void nobody_gets_in_without_the_password_and_the_file_is_private() throws Exception {
        try (DataFolder taken = DataFolder.take(folder);
                EmbeddedServer server = EmbeddedServer.start(taken, new SecureRandom())) {
            assertThatThrownBy(
                            () -> DriverManager.getConnection(server.address().url(), "postgres", "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(Files.getPosixFilePermissions(folder.resolve("pg-password")))
                    .hasSize(2);
            assertThat(server.address().toString())
                    .doesNotContain(String.valueOf(server.address().password()));
        }
    }

    @Test // row 37
    void the_watch_knows_since_when_the_database_is_away() throws Exception {
        try (DataFolder taken = DataFolder.take(folder);
                Database database = open(taken)) {
            CountDownLatch listening = new CountDownLatch(1);
            database.listener().subscribe("mehari_setting", new ChangeListener.Subscriber() {
                @Override
                public void changed(String payload) {}

                @Override
                public void anythingChanged() {
                    listening.countDown();
                }
            });
            database.listener().start();
            assertThat(listening.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(database.watch().isAwayLongerThan(Duration.ZERO)).isFalse();
            long pid = Long.parseLong(
                    Files.readAllLines(folder.resolve("pg/postmaster.pid")).get(0));

            new ProcessBuilder("/bin/sh", "-c", "kill -INT " + pid).start().waitFor();

            await().atMost(Duration.ofSeconds(3)).until(() -> database.watch().isAwayLongerThan(Duration.ZERO));
            assertThat(database.watch().isAwayLongerThan(Duration.ofMinutes(5))).isFalse();
            assertTimeout(
                    Duration.ofSeconds(1),
                    () -> assertThatThrownBy(() -> new ApiKeyTable(database).find(KeyHash.of("mh_any")))
                            .isInstanceOf(StorageUnavailable.class));
        }
    }

    @Test
    void a_cluster_of_another_version_is_refused() throws Exception {
        Files.createDirectories(folder.resolve("pg"));
        Files.writeString(folder.resolve("pg/PG_VERSION"), "14\n");

        try (DataFolder taken = DataFolder.take(folder)) {
            assertThatThrownBy(() -> open(taken))
                    .isInstanceOf(StorageStartException.class)
                    .hasMessageContaining("PostgreSQL 14")
                    .hasMessageContaining("pg_upgrade");
        }
    }

    @Test
    void a_database_that_does_not_answer_is_named_without_its_password() throws Exception {
        DataConfig config = new DataConfig(
                folder,
                "jdbc:postgresql://127.0.0.1:1/mehari?user=me&password=hunter2",
                null,
                null,
                2,
                Duration.ofSeconds(1));
        try (DataFolder taken = DataFolder.take(folder)) {
            assertThatThrownBy(() -> Database.open(config, taken, new SecureRandom(), System::nanoTime))
                    .isInstanceOf(StorageStartException.class)
                    .hasMessage("database at 127.0.0.1:1/mehari does not answer: start it or drop --db-url");
        }
    }

    private Database open(DataFolder taken) {
        DataConfig config = new DataConfig(folder, null, null, null, 4, Duration.ofSeconds(5));
        return Database.open(config, taken, new SecureRandom(), System::nanoTime);
    }

    private static LiveSettings settings(Database database) {
        return new LiveSettings(CONFIGURED, new SettingTable(database));
    }
}
