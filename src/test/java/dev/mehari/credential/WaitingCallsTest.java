package dev.mehari.credential;

import static dev.mehari.credential.Credentials.limited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.testing.CapturedLog;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingCallsTest {
    private final Work work = Work.atOnce();
    private final PoolFixture fixture = new PoolFixture(new FakeCredentialStore(), work, Adaptive.OFF, false);
    private final List<Taking> served = new ArrayList<>();

    /** Candidates that nobody can look at while they are broken. */
    private final class Candidates extends AbstractList<Upstream> {
        boolean isBroken;

        @Override
        public Upstream get(int index) {
            if (isBroken) {
                throw new IllegalStateException("candidates are broken");
            }
            return fixture.up;
        }

        @Override
        public int size() {
            return 1;
        }
    }

    private WaitingCall call(String model, List<Upstream> candidates) {
        return new WaitingCall(candidates, model, null, new AttemptLog(), served::add);
    }

    @Test
    void a_fault_in_serving_one_keeps_no_other_from_being_served_and_is_logged_once() {
        fixture.with(limited(1, 1));
        Attempt busy = fixture.take();
        Candidates candidates = new Candidates();
        fixture.pool.waiting().enter(call("broken", candidates));
        fixture.pool.waiting().enter(call("good", List.of(fixture.up)));
        candidates.isBroken = true;

        List<String> said = new ArrayList<>();
        try (CapturedLog log = CapturedLog.of(said::add, "dev.mehari.credential")) {
            assertThatCode(busy::end).doesNotThrowAnyException();
            assertThat(served).hasSize(1);
            fixture.pool.waiting().wake();
            assertThat(String.join("", said)).containsOnlyOnce("IllegalStateException: candidates are broken");
            assertThat(log).isNotNull();
        }

        candidates.isBroken = false;
        PoolFixture.taken(served.get(0)).end();
        assertThat(served).hasSize(2);
        assertThat(fixture.pool.waitingCalls()).isZero();
    }

    @Test
    void a_call_that_waits_hears_of_a_higher_cap_of_its_upstream() {
        fixture.up = Credentials.upstream("up", Choice.LEAST_RECENTLY_USED, 1, 1);
        fixture.take();
        fixture.pool.waiting().enter(call("m", List.of(fixture.up)));
        assertThat(served).isEmpty();

        fixture.pool.upstreamsAre(List.of(Credentials.upstream("up", Choice.LEAST_RECENTLY_USED, 1, 2)));

        assertThat(served).hasSize(1);
        assertThat(served.get(0)).isInstanceOf(Taking.Taken.class);
    }

    @Test
    void a_fault_in_a_tick_does_not_keep_the_rest_of_it_from_being_done() {
        fixture.with(Credentials.quota(1, 5), limited(2, 1));
        fixture.call();
        work.isBroken = true;
        fixture.time.pass(Duration.ofDays(1));

        for (int i = 0; i < 10; i++) {
            assertThatCode(fixture.pool::tick).doesNotThrowAnyException();
        }
        work.isBroken = false;
        for (int i = 0; i < 20; i++) {
            fixture.pool.tick();
        }

        assertThat(fixture.store.uses).isNotEmpty();
        assertThat(fixture.pool.views().get(0).state()).isEqualTo(CredentialView.State.USABLE);
        assertThat(fixture.store.quotaUsed).containsEntry(1L, 2L);
    }
}
