package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.failure.Unauthenticated;
import dev.mehari.limits.KeyLimits;
import dev.mehari.limits.LimitedKey;
import dev.mehari.testing.FakeKeyStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifyCallerTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    private final FakeKeyStore store = new FakeKeyStore().with("mh_known", 6);
    private final Queue<Runnable> lookUps = new ArrayDeque<>();
    private final KeyCache keys = new KeyCache(store, lookUps::add, Ticker.systemTicker());
    private final KeyGuesses guesses = new KeyGuesses(Ticker.systemTicker());
    private final IdentifyCaller identify =
            new IdentifyCaller(keys, new FirstUses(store, lookUps::add), guesses, Clock.fixed(NOW, ZoneOffset.UTC));
    private final List<Boolean> done = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer mh_known",
        "authorization, bearer  mh_known",
        "x-api-key, mh_known",
        "X-Api-Key, mh_known",
        "api-key, mh_known",
        "x-goog-api-key, mh_known"
    })
    void finds_the_key_wherever_clients_put_it(String header, String value) {
        Exchange exchange = call(header, value);

        assertThat(exchange.getProperty(ExchangeKeys.CALLER)).isEqualTo(new Caller("id-mh_known", "name-mh_known", 6));
        assertThat(exchange.getProperty(ExchangeKeys.KEY_ID)).isEqualTo("id-mh_known");
        assertThat(exchange.getProperty(ExchangeKeys.PRIORITY)).isEqualTo(6);
    }

    @Test
    void says_which_limits_count() {
        KeyLimits limits = KeyLimits.ofConcurrency(3);
        store.with("mh_limited", 12, limits);
        keys.find(KeyHash.of("mh_limited"));
        lookUps.remove().run();

        assertThat(call("x-api-key", "mh_limited").getProperty(ExchangeKeys.LIMITED_KEY))
                .isEqualTo(new LimitedKey(12, limits));
        assertThat(call("x-api-key", "mh_known").getProperty(ExchangeKeys.LIMITED_KEY))
                .isNull();
    }

    @Test
    void tells_of_calls_whose_key_has_a_policy_of_capture_and_of_no_others() {
        CapturePolicy policy = new CapturePolicy(CapturePolicy.Scope.ALL, NOW);
        store.with(
                "mh_captured",
                hash -> new StoredKey(hash, new Caller("7", "seen", 5), true, false, null, false, null, policy));
        List<String> told = new ArrayList<>();
        IdentifyCaller telling = new IdentifyCaller(
                keys,
                new FirstUses(store, Runnable::run),
                guesses,
                Clock.systemUTC(),
                caller -> {},
                (exchange, of) -> told.add(exchange.getProperty(ExchangeKeys.KEY_ID) + " " + of.scope()));

        for (String key : List.of("mh_known", "mh_captured")) {
            keys.find(KeyHash.of(key));
            lookUps.forEach(Runnable::run);
            lookUps.clear();
            Exchange exchange = new DefaultExchange(CAMEL);
            exchange.getMessage().setHeader("x-api-key", key);
            telling.process(exchange, sync -> {});
        }

        assertThat(told).containsExactly("7 ALL");
    }

    @Test
    void no_credential_travels_on() {
        Exchange exchange = call(
                "Authorization",
                "Bearer mh_known",
                "x-api-key",
                "a",
                "api-key",
                "b",
                "x-goog-api-key",
                "c",
                "Accept",
                "*/*");

        assertThat(exchange.getMessage().getHeaders()).containsOnlyKeys("Accept");
    }

    @Test
    void a_bearer_token_counts_before_the_others_and_x_api_key_before_the_rest() {
        store.with("mh_other", 1);

        assertThat(call("x-api-key", "mh_other", "Authorization", "Bearer mh_known")
                        .getProperty(ExchangeKeys.PRIORITY))
                .isEqualTo(6);
        assertThat(call("api-key", "mh_other", "x-api-key", "mh_known").getProperty(ExchangeKeys.PRIORITY))
                .isEqualTo(6);
        assertThat(call("x-api-key", "mh_known", "Authorization", "Basic dTpw").getProperty(ExchangeKeys.PRIORITY))
                .isEqualTo(6);
    }

    @Test
    void credentials_are_taken_off_refused_requests_too() {
        assertThat(call("Authorization", "Basic dTpw", "X-Mehari-Priority", "1")
                        .getMessage()
                        .getHeaders())
                .isEmpty();
    }

    @Test
    void a_key_in_use_is_decided_on_the_calling_thread() {
        call("x-api-key", "mh_known");
        done.clear();

        assertThat(identify.process(exchange("x-api-key", "mh_known"), done::add))
                .isTrue();

        assertThat(done).containsExactly(true);
        assertThat(store.asked()).isEqualTo(1);
    }

    @Test
    void a_key_not_seen_before_is_decided_later_without_holding_the_thread() {
        Exchange exchange = exchange("x-api-key", "mh_known");

        assertThat(identify.process(exchange, done::add)).isFalse();
        assertThat(done).isEmpty();
        lookUps.remove().run();

        assertThat(done).containsExactly(false);
        assertThat(exchange.getProperty(ExchangeKeys.KEY_ID)).isEqualTo("id-mh_known");
    }

    @Test
    void many_who_ask_for_one_key_meanwhile_ask_the_store_once() {
        for (int i = 0; i < 50; i++) {
            identify.process(exchange("x-api-key", "mh_known"), done::add);
        }
        lookUps.remove().run();

        assertThat(done).hasSize(50);
        assertThat(lookUps).isEmpty();
        assertThat(store.asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"Accept, */*", "Authorization, Basic dTpw", "Authorization, Bearer", "x-api-key, ' '"})
    void a_request_without_a_key_is_unauthenticated(String header, String value) {
        assertThat(failure(call(header, value)).code()).isEqualTo("missing_api_key");
        assertThat(done).containsExactly(true);
    }

    @Test // row 46
    void unknown_disabled_and_expired_keys_are_told_apart() {
        store.with("mh_disabled", 5, false, null)
                .with("mh_expired", 5, true, NOW)
                .with("mh_still-valid", 5, true, NOW.plusMillis(1));

        assertThat(failure(call("x-api-key", "mh_unknown")).code()).isEqualTo("invalid_api_key");
        assertThat(failure(call("x-api-key", "mh_disabled")).code()).isEqualTo("api_key_disabled");
        assertThat(failure(call("x-api-key", "mh_expired")).code()).isEqualTo("api_key_expired");
        assertThat(failure(call("x-api-key", "x".repeat(513))).code()).isEqualTo("invalid_api_key");
        assertThat(call("x-api-key", "mh_still-valid").getException()).isNull();
    }

    @Test // row 49
    void a_deleted_key_is_told_so() {
        store.with(
                "mh_deleted", hash -> new StoredKey(hash, new Caller("7", "gone", 5), true, true, null, false, null));

        assertThat(failure(call("x-api-key", "mh_deleted")).code()).isEqualTo("api_key_deleted");
    }

    @Test // row 46
    void the_first_use_of_a_key_that_awaits_it_is_noted_and_the_call_goes_on() {
        store.with("mh_fresh", hash -> new StoredKey(hash, new Caller("7", "fresh", 5), true, false, null, true, null));

        assertThat(call("x-api-key", "mh_fresh").getException()).isNull();

        assertThat(store.activated()).containsExactly(NOW);
    }

    @Test
    void an_unknown_key_is_refused_later_and_later_without_holding_a_thread() throws Exception {
        DelayingCall call = new DelayingCall();
        for (int i = 0; i < 4; i++) {
            Exchange exchange = exchange("x-api-key", "mh_unknown-" + i);
            exchange.setProperty(ExchangeKeys.CALL, call);
            identify.process(exchange, done::add);
            lookUps.remove().run();
            call.runAll();
        }
        assertThat(done).containsExactly(false, false, false);
        assertThat(call.delays()).containsExactly(100L);

        call.runDelayed();
        call.leave();

        assertThat(done).hasSize(4);
    }

    @Test
    void whoever_leaves_meanwhile_is_not_waited_for() throws Exception {
        DelayingCall call = new DelayingCall();
        for (int i = 0; i < 4; i++) {
            guesses.next(call.clientAddress());
        }
        Exchange exchange = exchange("x-api-key", "x".repeat(600));
        exchange.setProperty(ExchangeKeys.CALL, call);
        assertThat(identify.process(exchange, done::add)).isFalse();
        assertThat(done).isEmpty();

        call.leave();
        call.runDelayed();

        assertThat(done).containsExactly(false);
        assertThat(failure(exchange).code()).isEqualTo("invalid_api_key");
    }

    @Test
    void while_the_database_is_away_known_keys_work_and_others_are_not_called_wrong() {
        call("x-api-key", "mh_known");
        store.with("mh_valid-but-not-seen", 5).away(true);

        assertThat(call("x-api-key", "mh_known").getException()).isNull();
        assertThat(call("x-api-key", "mh_valid-but-not-seen").getException()).isInstanceOf(StorageUnavailable.class);
        store.away(false);
        assertThat(call("x-api-key", "mh_valid-but-not-seen").getException()).isNull();
    }

    @Test
    void when_too_many_keys_are_looked_up_the_request_may_try_again() {
        KeyCache full = new KeyCache(
                store,
                work -> {
                    throw new RejectedExecutionException("full");
                },
                Ticker.systemTicker());
        Exchange exchange = exchange("x-api-key", "mh_known");

        new IdentifyCaller(full, new FirstUses(store, Runnable::run), guesses, Clock.systemUTC())
                .process(exchange, done::add);

        assertThat(done).containsExactly(false);
        assertThat(exchange.getException()).isInstanceOf(StorageUnavailable.class);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "5,5", "6,6", "9,6", "' 3 ',3"})
    void a_request_may_lower_its_priority_and_never_raise_it(String asked, int priority) {
        assertThat(call("x-api-key", "mh_known", "X-Mehari-Priority", asked).getProperty(ExchangeKeys.PRIORITY))
                .isEqualTo(priority);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "-1", "high", "1.0", "٣"})
    void a_malformed_priority_is_rejected(String asked) {
        assertThat(call("x-api-key", "mh_known", "X-Mehari-Priority", asked).getException())
                .isInstanceOfSatisfying(RequestRejected.class, rejected -> {
                    assertThat(rejected.kind()).isEqualTo(RequestRejected.Kind.MALFORMED);
                    assertThat(rejected.param()).isEqualTo("X-Mehari-Priority");
                });
    }

    @Test
    void where_no_key_is_needed_everyone_is_anonymous_and_credentials_are_taken_off() throws Exception {
        Exchange exchange = exchange("x-api-key", "anything", "X-Mehari-Priority", "2");

        new AdmitAnyone().process(exchange);

        assertThat(exchange.getProperty(ExchangeKeys.CALLER)).isEqualTo(Caller.ANONYMOUS);
        assertThat(exchange.getProperty(ExchangeKeys.PRIORITY)).isEqualTo(2);
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
    }

    private Exchange call(String... headers) {
        Exchange exchange = exchange(headers);
        identify.process(exchange, done::add);
        while (!lookUps.isEmpty()) {
            lookUps.remove().run();
        }
        return exchange;
    }

    private static Exchange exchange(String... headers) {
        Exchange exchange = new DefaultExchange(CAMEL);
        for (int i = 0; i < headers.length; i += 2) {
            exchange.getMessage().setHeader(headers[i], headers[i + 1]);
        }
        return exchange;
    }

    private static MehariFailure failure(Exchange exchange) {
        return exchange.getException(Unauthenticated.class);
    }
}
