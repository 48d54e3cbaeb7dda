package dev.mehari.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.answer.EndedCall;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.testing.FakeViews;
import dev.mehari.testing.TestExchange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

class ProxyReportTest {
    private final FakeViews views = new FakeViews();
    private final CallMetrics calls = new CallMetrics(() -> 0);
    private final ProxyReport report = new ProxyReport(
            new ReportedConfig("https://api.openai.com", Duration.ofSeconds(10), Duration.ofMillis(2_500)),
            calls,
            views,
            views,
            Clock.fixed(Instant.parse("2026-11-20T21:00:00Z"), ZoneOffset.UTC));

    @Test
    void is_healthy_when_fresh() throws Exception {
        // row 35
        Exchange answer = get(ShowProxyState.health(report));

        assertThat(status(answer)).isEqualTo(200);
        assertThat(body(answer).path("status").asText()).isEqualTo("healthy");
        assertThat(body(answer).at("/metrics/success_rate").asDouble()).isEqualTo(100);
    }

    @Test
    void is_unhealthy_and_says_so_in_the_status_while_the_breaker_is_open() throws Exception {
        // row 35
        views.open = true;
        views.consecutiveFailures = 5;

        Exchange health = get(ShowProxyState.health(report));
        Exchange metrics = get(ShowProxyState.metrics(report));

        assertThat(status(health)).isEqualTo(503);
        assertThat(health.getMessage().getHeader("Retry-After")).isEqualTo("1");
        assertThat(body(health).path("status").asText()).isEqualTo("unhealthy");
        assertThat(status(metrics)).isEqualTo(200);
        assertThat(body(metrics).at("/metrics/circuit_open").asBoolean()).isTrue();
        assertThat(body(metrics).at("/metrics/consecutive_failures").asInt()).isEqualTo(5);
    }

    @Test
    void is_degraded_when_a_fifth_of_the_calls_failed() throws Exception {
        for (int i = 0; i < 4; i++) {
            ended(200);
        }
        ended(502);

        Exchange health = get(ShowProxyState.health(report));

        assertThat(status(health)).isEqualTo(200);
        assertThat(body(health).path("status").asText()).isEqualTo("degraded");
    }

    @Test
    void has_every_field() throws Exception {
        // row 36
        JsonNode body = body(get(ShowProxyState.metrics(report)));

        assertThat(body.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("status", "timestamp", "config", "metrics");
        assertThat(body.path("config").toString())
                .isEqualTo("{\"target\":\"https://api.openai.com\",\"max_concurrent_requests\":100,"
                        + "\"max_queue_size\":200,\"connect_timeout\":10.0,\"read_timeout\":2.5}");
        assertThat(body.path("metrics").fieldNames())
                .toIterable()
                .contains(
                        "total_requests",
                        "successful_requests",
                        "failed_requests",
                        "timeout_requests",
                        "active_requests",
                        "queue_rejected",
                        "success_rate",
                        "avg_response_time",
                        "circuit_open",
                        "consecutive_failures",
                        "queue_size",
                        "active_workers",
                        "available_slots",
                        "p50",
                        "p95",
                        "p99",
                        "min",
                        "max",
                        "current_rps",
                        "max_concurrent",
                        "queued_requests",
                        "rejected_requests",
                        "cancelled");
    }

    @Test
    void shows_true_gauges() throws Exception {
        // row 36
        views.inUse = 3;
        views.waiting = 2;
        for (int i = 0; i < 100; i++) {
            ended(200);
        }

        JsonNode metrics = body(get(ShowProxyState.metrics(report))).path("metrics");

        assertThat(metrics.path("total_requests").asInt()).isEqualTo(100);
        assertThat(metrics.path("active_requests").asInt()).isEqualTo(3);
        assertThat(metrics.path("available_slots").asInt()).isEqualTo(97);
        assertThat(metrics.path("queued_requests").asInt()).isEqualTo(2);
        assertThat(metrics.path("open_requests").asInt()).isZero();
    }

    private void ended(int status) {
        calls.begun();
        calls.ended(
                new EndedCall(Dialect.OPENAI, new CallRecord(0, 1, 2, status, 0, 0, CallRecord.End.COMPLETE), null));
    }

    private static Exchange get(ShowProxyState processor) {
        Exchange exchange = TestExchange.create();
        exchange.getMessage().setHeader("Authorization", "Bearer secret");
        processor.process(exchange);
        assertThat(exchange.getMessage().getHeader("Authorization")).isNull();
        return exchange;
    }

    private static int status(Exchange exchange) {
        return (Integer) exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE);
    }

    private static JsonNode body(Exchange exchange) throws Exception {
        return new ObjectMapper().readTree((byte[]) exchange.getMessage().getBody());
    }
}
