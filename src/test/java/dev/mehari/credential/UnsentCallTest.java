package dev.mehari.credential;

import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.Credentials.quota;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnsentCallTest {
    private final FakeCredentialStore store = new FakeCredentialStore();
    private final PoolFixture fixture = new PoolFixture(store, Work.atOnce(), Adaptive.OFF, false);

    @Test
    void a_call_that_was_not_sent_uses_nothing_of_the_quota() {
        // row 88
        fixture.with(quota(1, 5));
        for (int i = 0; i < 10; i++) {
            fixture.take().end();
            fixture.pool.failed(fixture.take(), "upstream_unreachable");
        }

        assertThat(fixture.calls(5)).isEqualTo("AAAAA");
        assertThat(fixture.ask()).isInstanceOf(Taking.None.class);
    }

    @Test
    void a_call_that_was_sent_and_broke_uses_its_quota() {
        // row 88
        fixture.with(quota(1, 1));
        Attempt attempt = fixture.take();
        attempt.sent();
        fixture.pool.failed(attempt, "upstream_broken");

        assertThat(fixture.ask()).isInstanceOf(Taking.None.class);
    }

    @Test
    void a_call_of_yesterday_gives_nothing_back_to_today() {
        // row 88
        fixture.with(quota(1, 1));
        Attempt yesterdays = fixture.take();
        fixture.time.pass(Duration.ofDays(1));
        store.quotaUsed.clear();
        assertThat(fixture.ask()).isInstanceOf(Taking.Busy.class); // asks for the first call of the new day
        yesterdays.end();

        assertThat(fixture.calls(1)).isEqualTo("A");
        assertThat(fixture.ask()).isInstanceOf(Taking.None.class);
    }

    @Test
    void a_quota_that_began_meanwhile_gets_no_call_that_it_did_not_give() {
        fixture.with(key(1));
        Attempt before = fixture.take();
        fixture.with(quota(1, 1));
        fixture.call();
        before.end();

        assertThat(fixture.ask()).isInstanceOf(Taking.None.class);
    }

    @Test
    void statistics_show_only_what_was_sent() {
        // row 88
        fixture.with(key(1));
        fixture.take().end();
        fixture.pool.failed(fixture.take(), "upstream_unreachable");
        Attempt broken = fixture.take();
        broken.sent();
        fixture.pool.failed(broken, "upstream_broken");
        Attempt left = fixture.take();
        left.sent();
        left.end();
        fixture.call();
        fixture.pool.close();

        var use = store.uses.get(1L);
        assertThat(use.calls()).isEqualTo(3);
        assertThat(use.successes()).isOne();
        assertThat(use.failures()).isOne();
        assertThat(use.lastError()).isEqualTo("upstream_broken");
    }

    @Test
    void a_call_that_was_not_sent_takes_no_turn() {
        // row 80
        fixture.choosing(Choice.ROTATION, 2).with(key(1), key(2));
        fixture.ask(); // asks for the first turn
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            fixture.take().end();
            sent.append(fixture.calls(1));
        }

        assertThat(sent).hasToString("AABBAA");
    }
}
