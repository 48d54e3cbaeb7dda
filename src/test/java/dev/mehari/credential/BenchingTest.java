package dev.mehari.credential;

import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.PoolFixture.id;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.CredentialConfig.Adaptive;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchingTest {
    private final PoolFixture fixture = new PoolFixture();

    @ParameterizedTest
    @CsvSource({"401, 1800", "403, 1800", "503, 60", "500, 300", "502, 300", "504, 300", "529, 600", "429, 5", "404, 0"
    })
    void leaves_a_credential_alone_for_as_long_as_the_rules_say(int status, long seconds) {
        // row 52
        fixture.with(key(1));
        fixture.refuse(fixture.take(), status);

        assertThat(fixture.benched(1, "")).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(fixture.ask() instanceof Taking.None).isEqualTo(seconds > 0);
    }

    @Test
    void a_429_with_a_reset_time_lasts_until_then() {
        // row 52
        fixture.with(key(1));
        Instant reset = TestTime.START.plusSeconds(7_200);
        refuse(fixture.take(), 429, Map.of("anthropic-ratelimit-unified-reset", "" + reset.getEpochSecond()), "");

        assertThat(fixture.bench(1, "").until()).isEqualTo(reset);
    }

    @Test
    void a_bench_outlives_a_reading_that_began_before_it() {
        fixture.with(key(1));
        Attempt attempt = fixture.take();
        CredentialPool.Unwritten before = fixture.pool.unwritten();
        fixture.time.pass(Duration.ofMillis(1));
        refuse(attempt, 401, Map.of(), "");
        fixture.pool.reload(List.of(key(1)), List.of(), before);
        assertThat(fixture.ask()).isInstanceOf(Taking.None.class);

        fixture.time.pass(Duration.ofMillis(1));
        fixture.pool.reload(List.of(key(1)), List.of(), fixture.pool.unwritten());
        assertThat(fixture.ask()).as("released by an operator").isInstanceOf(Taking.Taken.class);
    }

    @ParameterizedTest
    @CsvSource({"429, 7200, 1800", "429, 20, 20", "503, 7200, 1800", "503, 90, 90", "503, 1, 60"})
    void a_longer_retry_after_holds_up_to_half_an_hour(int status, String header, long seconds) {
        // row 52
        fixture.with(key(1));
        refuse(fixture.take(), status, Map.of("retry-after", header), "");

        assertThat(fixture.benched(1, "")).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void a_quota_that_names_its_reset_benches_that_model_only() {
        // row 81
        fixture.with(key(1));
        refuse(
                fixture.take("alias"),
                429,
                Map.of(),
                "{\"error\":{\"details\":[{\"metadata\":{\"quotaResetTimeStamp\":\"2026-11-21T10:30:00Z\"}}]}}");

        assertThat(fixture.bench(1, "real").until()).isEqualTo(Instant.parse("2026-11-21T10:30:00Z"));
        assertThat(fixture.ask("alias")).isInstanceOf(Taking.None.class);
        assertThat(id(fixture.take("other"))).isEqualTo(1);
    }

    @Test
    void an_exhausted_resource_is_left_alone_for_four_hours() {
        // row 81
        fixture.with(key(1));
        refuse(fixture.take("m"), 429, Map.of(), "Resource has been exhausted (e.g. check quota).");

        assertThat(fixture.benched(1, "m")).isEqualTo(Duration.ofHours(4));
    }

    @Test
    void after_a_bench_one_trial_call_goes_at_a_time_and_its_success_ends_the_bench() {
        fixture.with(key(1));
        fixture.refuse(fixture.take(), 503);
        fixture.time.pass(Duration.ofSeconds(60));
        Attempt trial = fixture.take();

        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        assertThat(fixture.pool.views().get(0).state()).isEqualTo(CredentialView.State.TRIAL);
        fixture.pool.succeeded(trial);

        fixture.take();
        fixture.take();
        assertThat(fixture.store.benches).isEmpty();
        assertThat(fixture.seen).contains("returned 1");
    }

    @Test
    void a_trial_that_fails_doubles_the_time_up_to_a_day() {
        fixture.with(key(1));
        fixture.refuse(fixture.take(), 503);
        long seconds = 60;
        for (int i = 0; i < 14; i++) {
            fixture.time.pass(Duration.ofSeconds(seconds));
            fixture.refuse(fixture.take(), 503);
            seconds = Math.min(86_400, 2 * seconds);
            assertThat(fixture.benched(1, "")).isEqualTo(Duration.ofSeconds(seconds));
        }
    }

    @Test
    void a_trial_without_a_verdict_lets_another_one_try() {
        fixture.with(key(1));
        fixture.refuse(fixture.take(), 503);
        fixture.time.pass(Duration.ofSeconds(60));
        fixture.take().end();
        fixture.pool.failed(fixture.take(), "upstream_unreachable");

        assertThat(id(fixture.take())).isEqualTo(1);
        assertThat(fixture.benched(1, "")).isZero();
        assertThat(fixture.store.benches).hasSize(1);
    }

    @Test
    void calls_that_were_under_way_do_not_end_a_bench() {
        fixture.with(key(1));
        Attempt before = fixture.take();
        fixture.refuse(fixture.take(), 503);

        fixture.pool.succeeded(before);

        assertThat(fixture.ask()).isInstanceOf(Taking.None.class);
    }

    @Test
    void hears_of_benches_and_returns_elsewhere() {
        fixture.with(key(1));
        PoolFixture other = new PoolFixture(fixture.store, Work.atOnce(), Adaptive.OFF, false).with(key(1));
        fixture.refuse(fixture.take(), 503);
        other.with(key(1));
        assertThat(other.ask()).isInstanceOf(Taking.None.class);

        fixture.time.pass(Duration.ofSeconds(60));
        fixture.call();
        other.with(key(1));
        assertThat(id(other.take())).isEqualTo(1);
    }

    @Test
    void a_new_secret_ends_a_bench_for_the_old_one() {
        fixture.with(Credentials.oauth(1, "old", null, 1));
        fixture.refuse(fixture.take(), 401);
        assertThat(fixture.ask()).isInstanceOf(Taking.None.class);

        fixture.with(Credentials.oauth(1, "new", null, 2));

        assertThat(id(fixture.take())).isEqualTo(1);
        assertThat(fixture.store.benches).isEmpty();
    }

    @Test
    void bans_at_once_and_for_good_where_an_operator_wants_that() {
        PoolFixture bans = new PoolFixture(new FakeCredentialStore(), new Work(), Adaptive.OFF, true).with(key(1));
        bans.refuse(bans.take(), 403);

        bans.with(key(1)); // loaded before the ban was written
        assertThat(bans.ask()).isInstanceOf(Taking.None.class);
        bans.work.all();
        assertThat(bans.store.disabled).containsEntry(1L, "banned: 403");
    }

    @Test
    void a_ban_that_is_being_written_outlives_a_reading_beside_it() {
        PoolFixture bans = new PoolFixture(new FakeCredentialStore(), Work.atOnce(), Adaptive.OFF, true).with(key(1));
        bans.store.whileDisabling = () -> bans.with(key(1));

        bans.refuse(bans.take(), 403);
        bans.time.pass(Duration.ofHours(1));

        assertThat(bans.ask()).isInstanceOf(Taking.None.class);
        bans.with(key(1)); // enabled by an operator since
        assertThat(bans.ask()).isInstanceOf(Taking.Taken.class);
    }

    @Test
    void of_a_bench_that_was_released_and_made_anew_elsewhere_the_new_one_holds() {
        fixture.with(key(1));
        fixture.refuse(fixture.take(), 401);
        fixture.time.pass(Duration.ofSeconds(1));
        Instant now = fixture.time.instant();
        fixture.store.benches.put(
                new FakeCredentialStore.BenchKey(1, ""),
                new CredentialStore.Bench(1, "", "rate_limited", 429, now, now.plusSeconds(5)));
        fixture.time.pass(Duration.ofSeconds(1));

        fixture.pool.reloadBenches(List.copyOf(fixture.store.benches.values()), fixture.pool.unwritten());

        assertThat(fixture.ask()).isEqualTo(new Taking.None(Duration.ofSeconds(4)));
    }

    @Test
    void a_hundred_benches_of_different_models_are_all_written_also_when_the_store_was_away() {
        // row 86
        Work work = new Work();
        PoolFixture later = new PoolFixture(new FakeCredentialStore(), work, Adaptive.OFF, false).with(key(1));
        List<Attempt> open = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> later.take("model-" + i))
                .toList();
        later.store.away = true;
        open.parallelStream().limit(1).forEach(one -> later.refuse(one, 429));
        work.all();
        open.stream().skip(1).forEach(one -> later.refuse(one, 429));
        work.all();
        assertThat(later.store.benches).isEmpty();

        later.store.away = false;
        for (int i = 0; i < 10; i++) {
            later.pool.tick();
        }
        work.all();

        assertThat(later.store.benches).hasSize(100);
    }

    @Test
    void a_bench_that_nobody_tried_for_a_day_is_forgotten() {
        fixture.with(key(1));
        fixture.refuse(fixture.take("a"), 429);
        fixture.time.pass(Duration.ofHours(12));
        fixture.refuse(fixture.take("b"), 429);
        fixture.time.pass(Duration.ofHours(13));

        for (int i = 0; i < 600; i++) {
            fixture.pool.tick();
        }

        assertThat(fixture.bench(1, "a")).isNull();
        assertThat(fixture.bench(1, "b")).isNotNull();
    }

    private void refuse(Attempt attempt, int status, Map<String, Object> headers, String body) {
        fixture.pool.refused(attempt, new Answer(status, headers, body.getBytes(UTF_8)));
    }
}
