package dev.mehari.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.Secret;
import dev.mehari.credential.RefreshObserver.Outcome;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.credential.TokenStore.Tokens;
import dev.mehari.testing.ManualTime;
import dev.mehari.testing.RecordingUpstreamStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TokenKeeperTest {
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final ManualTime time = new ManualTime(START);
    private final MemoryTokenStore store = new MemoryTokenStore(time);
    private final RecordingUpstreamStore events = new RecordingUpstreamStore();
    private final List<CompletableFuture<TokenAnswer>> asked = new ArrayList<>();
    private final List<Grant> grants = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final TokenKeeper keeper = keeper(1);

    private TokenKeeper keeper(long instance) {
        return new TokenKeeper(
                store,
                grant -> {
                    CompletableFuture<TokenAnswer> answer = new CompletableFuture<>();
                    grants.add(grant);
                    asked.add(answer);
                    return answer;
                },
                new RefreshPlan(time, AHEAD, instance),
                new RefreshLog(events, outcomes::add, time),
                () -> told.add("reload"),
                Runnable::run,
                time::after);
    }

    private TokenAnswer fresh(String access, Duration life) {
        return new TokenAnswer.Fresh(
                new Tokens(new Secret(access), null, time.instant().plus(life)));
    }

    private void answer(int number, TokenAnswer answer) {
        asked.get(number).complete(answer);
    }

    private Runnable tell(String what) {
        return () -> told.add(what);
    }

    @Test // row 84
    void many_who_need_the_same_token_are_served_by_one_refresh() {
        store.add(1, START.minusSeconds(1));
        for (int i = 0; i < 50; i++) {
            keeper.refresh(1, tell("go"));
        }
        assertThat(asked).hasSize(1);
        assertThat(told).isEmpty();

        answer(0, fresh("new", Duration.ofHours(1)));

        assertThat(store.rows.get(1L).access).isEqualTo("new");
        assertThat(store.rows.get(1L).version).isEqualTo(1);
        assertThat(told).hasSize(51).startsWith("reload", "go");
        assertThat(outcomes).containsExactly(Outcome.REFRESHED);
        assertThat(events.told()).containsExactly("refreshed up/c1");
    }

    @Test // row 84
    void a_refresh_under_way_holds_up_no_other_credential() {
        store.add(1, START.minusSeconds(1));
        store.add(2, START.minusSeconds(1));
        keeper.refresh(1, tell("one"));
        keeper.refresh(2, tell("two"));

        answer(1, fresh("new", Duration.ofHours(1)));

        assertThat(told).containsExactly("reload", "two");
        assertThat(store.rows.get(1L).access).isEqualTo("old");
    }

    @Test // row 84
    void who_comes_too_late_only_learns_of_the_new_token() {
        store.add(1, START.minusSeconds(1));
        keeper.refresh(1, tell("first"));
        answer(0, fresh("new", Duration.ofHours(1)));

        keeper.refresh(1, tell("late"));

        assertThat(asked).hasSize(1);
        assertThat(told).containsExactly("reload", "first", "reload", "late");
    }

    @Test // row 84
    void the_loser_of_a_claim_takes_the_winners_token() {
        store.add(1, START.minusSeconds(1));
        TokenKeeper other = keeper(2);
        keeper.refresh(1, tell("winner"));
        other.refresh(1, tell("loser"));
        time.pass(Duration.ofSeconds(2));
        assertThat(asked).hasSize(1);
        assertThat(told).isEmpty();

        answer(0, fresh("new", Duration.ofHours(1)));
        time.pass(Refresh.LOOK_EVERY);

        assertThat(told).containsExactly("reload", "winner", "reload", "loser");
        assertThat(asked).hasSize(1);
    }

    @Test // row 84
    void another_one_takes_over_when_the_winner_is_dead() {
        MemoryTokenStore.Row row = store.add(1, START.minusSeconds(1));
        row.claimed = START.plus(RefreshPlan.CLAIM); // of an instance that is gone
        keeper.refresh(1, tell("go"));
        time.pass(Duration.ofSeconds(29));
        assertThat(asked).isEmpty();

        time.pass(Duration.ofSeconds(2));
        assertThat(asked).hasSize(1);
        answer(0, fresh("new", Duration.ofHours(1)));

        assertThat(told).containsExactly("reload", "go");
    }

    @Test // row 84
    void refreshes_before_the_end_though_nobody_asks() {
        store.add(1, START.plus(Duration.ofMinutes(30)));
        keeper.start();
        time.pass(Duration.ofMinutes(24));
        assertThat(asked).isEmpty();

        time.pass(Duration.ofMinutes(3));
        assertThat(asked).hasSize(1);
        answer(0, fresh("new", Duration.ofHours(1)));
        time.pass(Duration.ofMinutes(30));

        assertThat(asked).hasSize(1);
        assertThat(store.rows.get(1L).access).isEqualTo("new");
    }

    @Test // row 83
    void a_refused_grant_disables_the_credential() {
        store.add(1, START.minusSeconds(1));
        keeper.start();

        answer(0, new TokenAnswer.Refused("invalid_grant"));
        time.pass(Duration.ofHours(1));

        assertThat(store.rows.get(1L).enabled).isFalse();
        assertThat(asked).hasSize(1);
        assertThat(events.told()).containsExactly("refresh_failed up/c1 invalid_grant, disabled");
        assertThat(outcomes).containsExactly(Outcome.REFUSED);
    }

    @Test // row 83
    void a_refresh_that_failed_is_tried_again_after_growing_waits() {
        store.add(1, START.minusSeconds(1));
        keeper.start();
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int before = asked.size();
            long since = time.nanos();
            answer(before - 1, new TokenAnswer.Later("status_500", null));
            keeper.refresh(1, tell("too early"));
            assertThat(asked).hasSize(before);
            while (asked.size() == before) {
                time.pass(Duration.ofSeconds(1));
            }
            waits.add((time.nanos() - since) / 1_000_000_000);
        }

        assertThat(store.rows.get(1L).enabled).isTrue();
        assertThat(store.rows.get(1L).error).isEqualTo("status_500");
        assertThat(waits.get(0)).isBetween(5L, 7L);
        assertThat(waits.get(1)).isBetween(10L, 12L);
        assertThat(waits.get(8)).isBetween(300L, 302L);
        assertThat(told).containsOnly("reload", "too early");
    }

    @Test // row 83
    void a_token_endpoint_that_asks_for_patience_gets_it() {
        store.add(1, START.minusSeconds(1));
        keeper.start();
        answer(0, new TokenAnswer.Later("status_429", Duration.ofMinutes(7)));

        time.pass(Duration.ofMinutes(7).minusSeconds(2));
        assertThat(asked).hasSize(1);
        time.pass(Duration.ofSeconds(5));

        assertThat(asked).hasSize(2);
    }

    @Test
    void tokens_are_stored_however_long_the_store_is_away() {
        store.add(1, START.minusSeconds(1));
        keeper.refresh(1, tell("go"));
        store.isAway = true;
        answer(0, fresh("new", Duration.ofHours(1)));
        assertThat(told).containsExactly("go");
        time.pass(Duration.ofMinutes(5));

        store.isAway = false;
        time.pass(Refresh.STORE_EVERY);

        assertThat(store.rows.get(1L).access).isEqualTo("new");
        assertThat(asked).hasSize(1);
    }

    @Test
    void renewing_replaces_a_token_that_is_not_due_once() {
        store.add(1, START.plus(Duration.ofHours(1)));
        keeper.refresh(1, tell("not due"));
        assertThat(asked).isEmpty();

        keeper.renew(1, 0, tell("renewed"));
        answer(0, fresh("new", Duration.ofHours(1)));
        keeper.renew(1, 0, tell("known"));

        assertThat(asked).hasSize(1);
        assertThat(told).containsExactly("reload", "not due", "reload", "renewed", "reload", "known");
    }

    @Test
    void a_credential_without_a_grant_serves_until_its_token_ends() {
        MemoryTokenStore.Row row = store.add(1, START.plusSeconds(60));
        row.refresh = "";
        keeper.start();
        assertThat(row.enabled).isTrue();
        assertThat(row.error).isEqualTo("no_refresh_token");

        time.pass(RefreshPlan.LONGEST_REST.plusSeconds(3));

        assertThat(row.enabled).isFalse();
        assertThat(asked).isEmpty();
    }

    @Test
    void a_token_that_does_not_say_when_it_ends_is_not_refreshed_all_the_time() {
        store.add(1, null);
        keeper.start();
        answer(0, new TokenAnswer.Fresh(new Tokens(new Secret("new"), null, null)));

        time.pass(Duration.ofMinutes(50));

        assertThat(asked).hasSize(1);
        assertThat(store.rows.get(1L).expires).isEqualTo(START.plus(Duration.ofHours(1)));
    }

    @Test
    void a_token_that_lives_shorter_than_it_is_refreshed_ahead_serves_half_its_life() {
        store.add(1, START.minusSeconds(1));
        keeper.start();
        answer(0, fresh("short", Duration.ofMinutes(2)));

        time.pass(Duration.ofSeconds(58));
        assertThat(asked).hasSize(1);
        time.pass(Duration.ofSeconds(5));

        assertThat(asked).hasSize(2);
    }

    @Test
    void lets_those_who_wait_go_on_when_it_is_closed() {
        store.add(1, START.minusSeconds(1));
        keeper.refresh(1, tell("go"));

        keeper.close();
        assertThat(told).containsExactly("go");
        keeper.refresh(1, tell("after"));

        assertThat(told).containsExactly("go", "after");
    }

    @Test
    void shows_no_secret() {
        store.add(1, START.minusSeconds(1));
        keeper.refresh(1, tell("go"));

        assertThat(grants.toString() + fresh("new-token", AHEAD)).doesNotContain("grant-0", "new-token");
    }
}
