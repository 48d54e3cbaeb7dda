package dev.mehari.upstream;

import static dev.mehari.upstream.FakeUpstreamStore.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mehari.answer.FailureTable;
import dev.mehari.caller.AllowList;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.Forbidden;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.testing.TestExchange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

class ChooseUpstreamTest {
    private final Set<String> failed = new HashSet<>();
    private final Set<String> ejected = new HashSet<>();
    private final Set<String> open = new HashSet<>();
    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void puts_the_candidates_on_the_exchange_best_first() throws Exception {
        var exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.ANTHROPIC);

        chooser(upstream("b", Dialect.ANTHROPIC, 60, 1), upstream("a", Dialect.PLAIN, 10, 1))
                .process(exchange);

        Candidates candidates = exchange.getProperty(ExchangeKeys.CANDIDATES, Candidates.class);
        assertThat(candidates.upstreams()).extracting(Upstream::name).containsExactly("a", "b");
        assertThat(candidates.preferred().name()).isEqualTo("a");
        assertThat(candidates.leftAlone()).isEmpty();
    }

    @Test
    void says_where_a_call_would_go_if_all_worked() throws Exception {
        var exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.OPENAI);
        open.add("first");

        chooser(upstream("first", Dialect.OPENAI, 10, 1), upstream("second", Dialect.OPENAI, 20, 1))
                .process(exchange);

        assertThat(exchange.getProperty(ExchangeKeys.CANDIDATES, Candidates.class)
                        .preferred()
                        .name())
                .isEqualTo("first");
    }

    // row 32
    @Test
    void one_that_is_left_alone_is_kept_apart_for_calls_that_can_go_nowhere_else() throws Exception {
        var chooser = chooser(upstream("first", Dialect.OPENAI, 10, 1), upstream("second", Dialect.OPENAI, 20, 1));
        ejected.add("first");

        Candidates candidates = chooser.candidates(Dialect.OPENAI, AllowList.ALL, "m");
        assertThat(candidates.upstreams()).extracting(Upstream::name).containsExactly("second");
        assertThat(candidates.leftAlone()).extracting(Upstream::name).containsExactly("first");
        assertThat(candidates.preferred().name()).isEqualTo("first");

        open.add("second");
        assertThat(names(chooser, AllowList.ALL, "m")).containsExactly("first");
        failed.add("first");
        assertThat(names(chooser, AllowList.ALL, "m")).containsExactly("second");
    }

    // row 32
    @Test
    void another_takes_over_while_the_preferred_one_is_unhealthy() throws Exception {
        var chooser = chooser(upstream("first", Dialect.OPENAI, 10, 1), upstream("second", Dialect.OPENAI, 20, 1));
        assertThat(names(chooser, AllowList.ALL, "m")).containsExactly("first", "second");

        open.add("first");
        assertThat(names(chooser, AllowList.ALL, "m")).containsExactly("second");
        open.clear();
        failed.add("first");
        assertThat(names(chooser, AllowList.ALL, "m")).containsExactly("second");
        failed.clear();
        assertThat(names(chooser, AllowList.ALL, "m")).containsExactly("first", "second");
    }

    @Test
    void the_breakers_answer_when_nothing_else_is_there() throws Exception {
        var chooser = chooser(
                upstream("a", Dialect.OPENAI, 10, 1),
                upstream("b", Dialect.OPENAI, 20, 1),
                upstream("c", Dialect.OPENAI, 30, 1));
        open.addAll(Set.of("a", "b"));
        failed.add("c");

        assertThat(names(chooser, AllowList.ALL, "m")).containsExactly("a", "b");
    }

    // row 32
    @Test
    void refuses_for_a_while_when_all_are_marked_as_failed() {
        var chooser = chooser(upstream("a", Dialect.OPENAI, 10, 1), upstream("b", Dialect.OPENAI, 20, 1));
        failed.addAll(Set.of("a", "b"));

        assertThatThrownBy(() -> chooser.candidates(Dialect.OPENAI, AllowList.ALL, "m"))
                .isInstanceOfSatisfying(GatewayBusy.class, busy -> {
                    assertThat(busy.reason()).isEqualTo(GatewayBusy.Reason.NO_UPSTREAM);
                    assertThat(busy.retryAfter()).isPositive();
                });
    }

    // row 28
    @Test
    void a_retry_for_which_no_upstream_is_left_fails_as_the_try_before_it() throws Exception {
        var exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.OPENAI);
        var before = new UpstreamRefused(429, exchange.getMessage());
        var chooser = chooser(upstream("a", Dialect.OPENAI, 10, 1));
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, before);

        failed.add("a");
        assertThatThrownBy(() -> chooser.process(exchange)).as("the first try").isInstanceOf(GatewayBusy.class);
        exchange.setProperty(ExchangeKeys.ATTEMPTS, "one");
        assertThatThrownBy(() -> chooser.process(exchange)).isSameAs(before);
        failed.clear();
        open.add("a");
        assertThatThrownBy(() -> chooser.process(exchange)).isSameAs(before);
        open.clear();
        chooser.process(exchange);
    }

    @Test
    void the_model_decides_who_can() throws Exception {
        var chooser = chooser(
                upstream("gpt", Dialect.OPENAI, 10, 1, new AllowList(List.of("gpt-*")), Map.of()),
                upstream("own", Dialect.OPENAI, 20, 1, new AllowList(List.of("own")), Map.of("gpt-x", "own-x")));

        assertThat(names(chooser, AllowList.ALL, "gpt-x")).containsExactly("gpt", "own");
        assertThat(names(chooser, AllowList.ALL, "gpt-y")).containsExactly("gpt");
        assertThat(names(chooser, AllowList.ALL, "own")).containsExactly("own");
        assertThat(names(chooser, AllowList.ALL, null)).containsExactly("gpt", "own");
        assertThatThrownBy(() -> chooser.candidates(Dialect.OPENAI, AllowList.ALL, "other"))
                .isInstanceOfSatisfying(RequestRejected.class, rejected -> {
                    assertThat(rejected.code()).isEqualTo("model_not_found");
                    assertThat(rejected.param()).isEqualTo("model");
                    assertThat(FailureTable.rowFor(rejected).status()).isEqualTo(404);
                })
                .hasMessageContaining("`other`");
    }

    @Test
    void the_key_decides_who_may() throws Exception {
        var chooser = chooser(
                upstream("a", Dialect.OPENAI, 10, 1),
                upstream("b", Dialect.OPENAI, 20, 1, new AllowList(List.of("x")), Map.of()));

        assertThat(names(chooser, new AllowList(List.of("b")), "x")).containsExactly("b");
        assertThatThrownBy(() -> chooser.candidates(Dialect.OPENAI, new AllowList(List.of("b")), "y"))
                .isInstanceOf(RequestRejected.class);
        assertThatThrownBy(() -> chooser.candidates(Dialect.OPENAI, new AllowList(List.of("c")), "x"))
                .isInstanceOfSatisfying(
                        Forbidden.class, no -> assertThat(no.code()).isEqualTo("upstream_not_allowed"));
    }

    @Test
    void those_of_one_priority_come_first_in_proportion_to_their_weights() throws Exception {
        var chooser = chooser(
                upstream("light", Dialect.OPENAI, 50, 1),
                upstream("heavy", Dialect.OPENAI, 50, 3),
                upstream("spare", Dialect.OPENAI, 60, 1000));
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            List<String> names = names(chooser, AllowList.ALL, "m");
            assertThat(names.get(2)).isEqualTo("spare");
            first.merge(names.get(0), 1, Integer::sum);
        }

        assertThat(first.get("heavy")).isCloseTo(7_500, within(200));
        assertThat(first.get("light")).isCloseTo(2_500, within(200));
    }

    private ChooseUpstream chooser(Upstream... stored) {
        try {
            return new ChooseUpstream(
                    new FakeUpstreamStore().with(stored).directory(),
                    upstream -> !failed.contains(upstream.name()),
                    upstream -> !ejected.contains(upstream.name()),
                    upstream -> !open.contains(upstream.name()),
                    new WeightedOrder(random::nextDouble));
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static List<String> names(ChooseUpstream chooser, AllowList allowed, String model) throws Exception {
        return chooser.candidates(Dialect.OPENAI, allowed, model).upstreams().stream()
                .map(Upstream::name)
                .toList();
    }
}
