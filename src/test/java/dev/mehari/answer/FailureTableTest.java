package dev.mehari.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.failure.ClientGone;
import dev.mehari.failure.DeadlineExceeded;
import dev.mehari.failure.Forbidden;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.LimitExceeded;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.failure.Unauthenticated;
import dev.mehari.failure.UpstreamBroken;
import dev.mehari.failure.UpstreamRefused;
import dev.mehari.failure.UpstreamTimeout;
import dev.mehari.failure.UpstreamUnreachable;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.Level;

class FailureTableTest {
    private static final Map<Class<?>, List<MehariFailure>> SAMPLES = Map.ofEntries(
            Map.entry(
                    GatewayBusy.class,
                    Stream.of(GatewayBusy.Reason.values())
                            .<MehariFailure>map(reason -> new GatewayBusy(reason, "busy", Duration.ofSeconds(2)))
                            .toList()),
            Map.entry(
                    RequestRejected.class,
                    Stream.of(RequestRejected.Kind.values())
                            .<MehariFailure>map(kind -> new RequestRejected(kind, "wrong", "wrong", null))
                            .toList()),
            Map.entry(Unauthenticated.class, List.of(new Unauthenticated("invalid_api_key", "no such key"))),
            Map.entry(Forbidden.class, List.of(new Forbidden("model_not_allowed", "not this one", Map.of()))),
            Map.entry(
                    LimitExceeded.class,
                    Stream.of(LimitExceeded.Kind.values())
                            .<MehariFailure>map(kind -> new LimitExceeded(
                                    kind, "used_up", "no more", Map.of("limit", 5), Duration.ofSeconds(1)))
                            .toList()),
            Map.entry(StorageUnavailable.class, List.of(new StorageUnavailable("away", Duration.ofSeconds(3), null))),
            Map.entry(UpstreamUnreachable.class, List.of(new UpstreamUnreachable("no connection", null))),
            Map.entry(
                    UpstreamTimeout.class, List.of(new UpstreamTimeout(UpstreamTimeout.Stage.FIRST_BYTE, "too slow"))),
            Map.entry(UpstreamBroken.class, List.of(new UpstreamBroken("cut", null))),
            Map.entry(
                    UpstreamRefused.class,
                    List.of(new UpstreamRefused(429, new DefaultMessage(new DefaultCamelContext())))),
            Map.entry(DeadlineExceeded.class, List.of(new DeadlineExceeded("too late"))),
            Map.entry(ClientGone.class, List.of(new ClientGone())));

    static Stream<Class<?>> kindsOfFailure() {
        return Stream.of(MehariFailure.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("kindsOfFailure")
    void has_a_row_for_every_failure(Class<?> kind) {
        assertThat(SAMPLES).as("samples of %s", kind).containsKey(kind);
        assertThat(SAMPLES.get(kind)).isNotEmpty().allSatisfy(failure -> {
            FailureRow row = FailureTable.rowFor(failure);
            assertThat(row.code()).isEqualTo(failure.code());
            assertThat(row.message()).isEqualTo(failure.getMessage());
            assertThat(row.status()).isBetween(400, 504);
        });
    }

    @ParameterizedTest
    @EnumSource(GatewayBusy.Reason.class)
    void answers_503_with_a_time_to_wait_when_the_gateway_is_busy(GatewayBusy.Reason reason) {
        FailureRow row = FailureTable.rowFor(new GatewayBusy(reason, "busy", Duration.ofMillis(1200)));

        assertThat(row.status()).isEqualTo(503);
        assertThat(row.retryAfterSeconds()).isEqualTo(2);
        assertThat(row.refusal()).isTrue();
    }

    @Test
    void gives_every_kind_of_rejected_request_its_status() {
        // row 55 (413), row 57 (400)
        Map<RequestRejected.Kind, Integer> statuses = Map.of(
                RequestRejected.Kind.MALFORMED, 400,
                RequestRejected.Kind.UNSUPPORTED, 417,
                RequestRejected.Kind.UNKNOWN_PATH, 404,
                RequestRejected.Kind.WRONG_METHOD, 405,
                RequestRejected.Kind.TOO_SLOW, 408,
                RequestRejected.Kind.BODY_TOO_LARGE, 413,
                RequestRejected.Kind.URI_TOO_LONG, 414,
                RequestRejected.Kind.HEADERS_TOO_LARGE, 431);

        assertThat(statuses).containsOnlyKeys(RequestRejected.Kind.values());
        statuses.forEach((kind, status) -> assertThat(FailureTable.rowFor(new RequestRejected(kind, "c", "m", "p"))
                        .status())
                .as("%s", kind)
                .isEqualTo(status));
    }

    @Test
    void gives_upstream_and_other_failures_their_statuses() {
        assertThat(statusOf(new Unauthenticated("c", "m"))).isEqualTo(401);
        assertThat(statusOf(new StorageUnavailable("m", Duration.ofSeconds(1), null)))
                .isEqualTo(503);
        assertThat(statusOf(new UpstreamUnreachable("m", null))).isEqualTo(502);
        assertThat(statusOf(new UpstreamBroken("m", null))).isEqualTo(502);
        assertThat(statusOf(new UpstreamTimeout(UpstreamTimeout.Stage.CONNECT, "m")))
                .isEqualTo(504);
        assertThat(statusOf(new ClientGone())).isEqualTo(499);
    }

    @Test
    void knows_what_camel_and_resilience4j_throw() throws Exception {
        var breaker = CircuitBreaker.ofDefaults("secret-host.example");
        breaker.transitionToOpenState();
        FailureRow open = FailureTable.rowFor(CallNotPermittedException.createCallNotPermittedException(breaker));
        FailureRow throttled = FailureTable.rowFor(new ThrottlerRejectedExecutionException("exceeded"));
        FailureRow stopping = FailureTable.rowFor(new RejectedExecutionException());

        assertThat(open.status()).isEqualTo(503);
        assertThat(open.code()).isEqualTo("circuit_open");
        assertThat(open.message()).doesNotContain("secret-host");
        assertThat(open.retryAfterSeconds()).isEqualTo(1);
        assertThat(throttled.status()).isEqualTo(503);
        assertThat(throttled.code()).isEqualTo("rate_limited");
        assertThat(stopping.status()).isEqualTo(503);
        assertThat(stopping.code()).isEqualTo("unavailable");
        try (var context = new DefaultCamelContext()) {
            FailureRow late = FailureTable.rowFor(new ExchangeTimedOutException(new DefaultExchange(context), 5));
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.code()).isEqualTo("timeout");
        }
    }

    @Test
    void answers_500_without_details_and_logs_the_stack_of_anything_else() {
        FailureRow row = FailureTable.rowFor(new IllegalStateException("password=hunter2 at db.internal:5432"));

        assertThat(row.status()).isEqualTo(500);
        assertThat(row.code()).isEqualTo("internal");
        assertThat(row.message()).doesNotContain("hunter2").doesNotContain("db.internal");
        assertThat(row.level()).isEqualTo(Level.ERROR);
    }

    @Test
    void finds_the_failure_inside_its_wrappers() {
        var wrapped = new CompletionException(new RuntimeException(new Unauthenticated("invalid_api_key", "no")));

        assertThat(statusOf(wrapped)).isEqualTo(401);
    }

    private static int statusOf(Throwable failure) {
        return FailureTable.rowFor(failure).status();
    }
}
