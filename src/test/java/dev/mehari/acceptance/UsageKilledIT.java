package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.BilledUpstream;
import dev.mehari.testing.MehariProcess;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of calls when the process is killed. */
class UsageKilledIT {
    private static final String CALLS = "select coalesce(sum(calls), 0) from usage_by_day";

    @TempDir
    Path folder;

    // row 53
    @Test
    void a_killed_process_loses_whole_calls_of_its_last_moment_only() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                BilledUpstream upstream = new BilledUpstream(false)) {
            String key = database.newKey("killed", 5);
            try (MehariProcess mehari = start(database, upstream)) {
                calls(mehari, key, 0, 30);
                await().atMost(Duration.ofSeconds(5)).until(() -> database.number(CALLS) == 30);
                calls(mehari, key, 30, 60);
                mehari.kill();
            }
            try (MehariProcess mehari = start(database, upstream)) {
                int kept = database.number(CALLS);
                assertThat(kept).isBetween(30, 60);
                calls(mehari, key, 60, 70);
                await().atMost(Duration.ofSeconds(5)).until(() -> database.number(CALLS) == kept + 10);
            }
            assertThat(database.number("select sum(estimated_calls) from usage_by_day"))
                    .isZero();
            assertThat(upstream.bill().values())
                    .extracting(BilledUpstream.Used::answers)
                    .containsExactly(70L);
            // All calls are alike, so that a part of one would show.
            assertThat(database.number("select sum(output_tokens) from usage_by_day"))
                    .isEqualTo(10 * database.number(CALLS));
        }
    }

    private MehariProcess start(TestDatabase database, BilledUpstream upstream) throws Exception {
        return MehariProcess.start(
                        Map.of(
                                "MEHARI_DB_URL",
                                database.url(),
                                "MEHARI_TARGET_HOST",
                                "127.0.0.1",
                                "MEHARI_TARGET_PORT",
                                Integer.toString(upstream.port())),
                        "run",
                        "--port",
                        "0",
                        "--admin-port",
                        "0",
                        "--data-dir",
                        folder.toString())
                .awaitReady();
    }

    private static void calls(MehariProcess mehari, String key, int from, int to) throws Exception {
        for (int number = from; number < to; number++) {
            try (RawClient client = RawClient.connect(mehari.url().getPort())) {
                client.post(
                        "/v1/chat/completions",
                        BilledUpstream.call("killed", 13 * number, "whole"),
                        "Authorization",
                        "Bearer " + key);
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }
}
