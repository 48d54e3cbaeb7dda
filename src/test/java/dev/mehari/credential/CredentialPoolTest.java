package dev.mehari.credential;

import static dev.mehari.credential.Credentials.disabled;
import static dev.mehari.credential.Credentials.forModels;
import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.Credentials.limited;
import static dev.mehari.credential.Credentials.oauth;
import static dev.mehari.credential.Credentials.upstream;
import static dev.mehari.credential.Credentials.with;
import static dev.mehari.credential.PoolFixture.id;
import static dev.mehari.credential.PoolFixture.taken;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.Conversation;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialPoolTest {
    private final PoolFixture fixture = new PoolFixture();

    @Test
    void all_calls_go_to_the_lower_priority_number() {
        // row 50
        fixture.with(key(1, "up", 50), key(2, "up", 10));

        assertThat(fixture.calls(4)).isEqualTo("BBBB");
    }

    @Test
    void of_equal_priority_the_least_recently_used_goes() {
        // row 50
        fixture.with(key(1), key(2), key(3));

        assertThat(fixture.calls(6)).isEqualTo("ABCABC");
    }

    @Test
    void a_conversation_stays_with_its_credential_for_an_hour_after_its_last_call() {
        // row 51
        fixture.with(key(1), key(2), key(3));
        long first = id(talk("c"));
        fixture.calls(1);

        fixture.time.pass(Duration.ofMinutes(59));
        assertThat(id(talk("c"))).isEqualTo(first);
        fixture.time.pass(Duration.ofMinutes(59));
        assertThat(id(talk("c"))).isEqualTo(first);
        fixture.time.pass(Duration.ofMinutes(61));
        assertThat(id(talk("c"))).isNotEqualTo(first);
    }

    @Test
    void a_conversation_moves_at_once_when_its_credential_is_benched_and_stays_there() {
        // row 51
        fixture.with(key(1), key(2));
        Attempt first = fixture.talk("c");
        fixture.refuse(first, 503);

        assertThat(id(talk("c"))).isEqualTo(2);
        fixture.time.pass(Duration.ofSeconds(61));
        assertThat(id(talk("c"))).isEqualTo(2);
    }

    @Test
    void a_conversation_that_only_begins_follows_none_but_is_followed() {
        fixture.with(key(1), key(2));
        Conversation begins = new Conversation("c".hashCode(), true);

        assertThat(id(taken(fixture.pool.take(List.of(fixture.up), null, begins, new AttemptLog()))))
                .isEqualTo(1);
        assertThat(id(taken(fixture.pool.take(List.of(fixture.up), null, begins, new AttemptLog()))))
                .isEqualTo(2);
        assertThat(id(fixture.talk("c"))).isEqualTo(2);
    }

    @Test
    void one_conversation_does_not_drown_its_credential() {
        fixture.with(key(1), key(2), key(3), key(4));

        List<Attempt> open = java.util.stream.IntStream.range(0, 40)
                .mapToObj(i -> fixture.talk("c"))
                .toList();

        assertThat(open.stream().filter(one -> id(one) == 1).count()).isBetween(10L, 14L);
        open.forEach(Attempt::end);
        assertThat(id(fixture.talk("c"))).isEqualTo(1);
    }

    @Test
    void a_credential_at_its_cap_is_passed_over_and_the_conversation_does_not_move() {
        fixture.with(limited(1, 1), key(2));
        Attempt first = fixture.talk("c");

        assertThat(id(talk("c"))).isEqualTo(2);
        first.end();
        assertThat(id(talk("c"))).isEqualTo(1);
    }

    @Test
    void stickiness_comes_before_the_order_of_upstreams() {
        Upstream other = upstream("other");
        fixture.with(key(1), key(2, "other", 50));
        Conversation conversation = new Conversation("c".hashCode(), false);
        Attempt first = taken(fixture.pool.take(List.of(other), null, conversation, new AttemptLog()));

        Attempt second = taken(fixture.pool.take(List.of(fixture.up, other), null, conversation, new AttemptLog()));

        assertThat(id(second)).isEqualTo(id(first)).isEqualTo(2);
    }

    @Test
    void weights_share_calls_smoothly() {
        fixture.choosing(Choice.WEIGHTED, 1).with(with(key(1), 3, 0, 0, true), key(2));

        assertThat(fixture.calls(8)).isEqualTo("AABAAABA");
    }

    @Test
    void a_retry_leaves_out_what_it_has_tried_while_there_is_something_else() {
        // row 82
        fixture.with(key(1), key(2));
        AttemptLog tried = new AttemptLog();
        Attempt first = fixture.take();
        tried.add(first);
        first.end();

        Attempt second = taken(fixture.pool.take(List.of(fixture.up), null, null, tried));
        tried.add(second);
        Attempt third = taken(fixture.pool.take(List.of(fixture.up), null, null, tried));

        assertThat(id(first)).isEqualTo(1);
        assertThat(id(second)).isEqualTo(2);
        assertThat(id(third)).isEqualTo(1);
    }

    @Test
    void what_has_no_usable_credential_falls_through_to_the_next_upstream() {
        fixture.with(disabled(1), key(2, "other", 50));

        Attempt attempt =
                taken(fixture.pool.take(List.of(fixture.up, upstream("other")), null, null, new AttemptLog()));

        assertThat(attempt.upstream().name()).isEqualTo("other");
    }

    @Test
    void an_upstream_without_credentials_is_bounded_by_its_own_cap_alone() {
        fixture.up = upstream("up", Choice.LEAST_RECENTLY_USED, 1, 2);
        Attempt first = fixture.take();
        fixture.take();

        assertThat(first.credential()).isNull();
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        first.end();
        first.end();
        fixture.take();
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
    }

    @Test
    void says_when_the_first_comes_back_when_none_is_usable() {
        // row 85
        fixture.with(key(1), key(2), disabled(3));
        fixture.refuse(fixture.take(), 401);
        fixture.refuse(fixture.take(), 503);

        assertThat(fixture.ask()).isEqualTo(new Taking.None(Duration.ofSeconds(60)));
    }

    @Test
    void says_an_arbitrary_time_when_all_are_disabled() {
        // row 85
        fixture.with(disabled(1));

        assertThat(fixture.ask()).isEqualTo(new Taking.None(Duration.ofMinutes(1)));
    }

    @Test
    void only_credentials_for_the_model_are_used() {
        fixture.with(forModels(1, "gpt-*"), forModels(2, "claude-*"));

        assertThat(id(fixture.take("claude-x"))).isEqualTo(2);
        assertThat(fixture.ask("other")).isInstanceOf(Taking.None.class);
    }

    @Test
    void keeps_what_is_under_way_and_who_was_last_through_a_reload() {
        fixture.with(limited(1, 1), limited(2, 1));
        Attempt first = fixture.take();
        fixture.with(limited(1, 1), limited(2, 1), limited(3, 1));

        assertThat(id(fixture.take())).isEqualTo(2);
        assertThat(id(fixture.take())).isEqualTo(3);
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        first.end();
        assertThat(id(fixture.take())).isEqualTo(1);
    }

    @Test
    void a_token_that_has_ended_is_not_used_and_a_new_one_is_asked_for() {
        fixture.with(oauth(1, "old", TestTime.START.plusSeconds(10), 1));
        assertThat(id(fixture.take())).isEqualTo(1);
        fixture.time.pass(Duration.ofSeconds(11));

        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        assertThat(fixture.refreshes).hasSize(1);

        fixture.with(oauth(1, "new", TestTime.START.plusSeconds(1_000), 2));
        fixture.refreshes.get(0).run();
        assertThat(id(fixture.take())).isEqualTo(1);
    }

    @Test
    void a_refresh_that_brought_nothing_is_not_asked_for_again_at_once() {
        fixture.with(oauth(1, null, null, 0));
        fixture.ask();
        fixture.refreshes.get(0).run();

        assertThat(fixture.ask()).isEqualTo(new Taking.None(Duration.ofSeconds(5)));
        fixture.time.pass(Duration.ofSeconds(6));
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        assertThat(fixture.refreshes).hasSize(2);
    }

    @Test
    void a_token_that_is_not_asked_for_before_a_time_says_when_to_come_again() {
        fixture.with(oauth(1, null, null, 0, TestTime.START.plusSeconds(1_200)));

        assertThat(fixture.ask()).isEqualTo(new Taking.None(Duration.ofMinutes(20)));
        assertThat(fixture.refreshes).isEmpty();

        fixture.time.pass(Duration.ofMinutes(21));
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class);
        assertThat(fixture.refreshes).hasSize(1);
    }

    @Test
    void statistics_are_written_as_calls_showed_them() {
        // row 88
        fixture.with(key(1));
        fixture.call();
        fixture.call();
        fixture.refuse(fixture.take(), 404);
        Attempt left = fixture.take();
        left.sent();
        left.end();
        fixture.pool.close();

        var use = fixture.store.uses.get(1L);
        assertThat(use.calls()).isEqualTo(4);
        assertThat(use.successes()).isEqualTo(2);
        assertThat(use.failures()).isEqualTo(1);
        assertThat(use.lastSuccess()).isEqualTo(TestTime.START);
        assertThat(use.lastStatus()).isEqualTo(404);
        assertThat(fixture.seen).containsExactly("SUCCESS", "SUCCESS", "REFUSED", "ABANDONED");
    }

    private Attempt talk(String conversation) {
        Attempt attempt = fixture.talk(conversation);
        attempt.end();
        return attempt;
    }
}
