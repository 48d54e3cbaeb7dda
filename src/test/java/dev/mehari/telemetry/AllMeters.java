package dev.mehari.telemetry;

import dev.mehari.alert.AlertName;
import dev.mehari.alert.AlertReading;
import dev.mehari.alert.AlertRule;
import dev.mehari.alert.AlertWatch;
import dev.mehari.answer.EndedCall;
import dev.mehari.answer.FailureTable;
import dev.mehari.caller.AllowList;
import dev.mehari.capture.CaptureCounts;
import dev.mehari.config.TracesConfig;
import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.PoolObserver;
import dev.mehari.credential.RefreshObserver;
import dev.mehari.exchange.BodyObserver;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import dev.mehari.failure.GatewayBusy;
import dev.mehari.inspection.Endpoint;
import dev.mehari.limits.KeyQueues;
import dev.mehari.limits.LimitCounts;
import dev.mehari.probe.ProbeObserver;
import dev.mehari.retry.RetryCounts;
import dev.mehari.telemetry.traces.SpanExport;
import dev.mehari.testing.FakeViews;
import dev.mehari.testing.TestExchange;
import dev.mehari.upstream.Upstream;
import dev.mehari.usage.FakePriceStore;
import dev.mehari.usage.MeterUsage;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.PriceList;
import dev.mehari.usage.TokenUsage;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.camel.Exchange;

/** Every meter of ours in one registry, each used once, so that those are there which come with their first use. */
final class AllMeters {
    static final CallRecord ANSWERED = new CallRecord(0, 5, 9, 200, 30, 40, CallRecord.End.COMPLETE);
    private static final Credential BENCHED = new Credential(
            1,
            "up",
            "one",
            Credential.Kind.BEARER,
            null,
            null,
            0,
            null,
            50,
            1,
            0,
            0,
            Duration.ZERO,
            AllowList.ALL,
            true);

    private AllMeters() {}

    static void registerIn(MeterRegistry registry) {
        var views = new FakeViews();
        new StateMeters(views, views, views).bindTo(registry);
        new DatabaseMeters(views).bindTo(registry);
        LedgerMeters ledger = new LedgerMeters(registry);
        ledger.follow(unused -> new LedgerView(0, 0, 0, 0, 0, 0, 0, 0, 0), views);
        ledger.travelled(1, 1);
        new LimitMeters(new LimitCounts(), new KeyQueues()).bindTo(registry);
        UsageMeters usage = new UsageMeters(registry);
        usage.follow(() -> 0, () -> 0);
        usage.used(used("m"));
        new RefreshMeters(registry).ended(RefreshObserver.Outcome.REFRESHED);
        new ProbeMeters(registry).probed("openai", ProbeObserver.Outcome.WORKS);
        new BreakerMeters(registry, views).added("target");
        new RetryMeters(new RetryCounts()).bindTo(registry);
        PoolMeters pool = new PoolMeters(registry);
        pool.follow(List::of, () -> 0);
        pool.ended("up", PoolObserver.Outcome.SUCCESS);
        pool.benched(BENCHED, new Bench(1, "", "rate_limited", 429, Instant.EPOCH, Instant.EPOCH));
        new WaitMeters(registry).waited(1, true);
        new AlertMeters(new AlertWatch(
                        () -> "gw1",
                        List.of(new AlertRule(AlertName.QUEUE, AlertRule.Severity.CRITICAL, 50)),
                        () -> new AlertReading(0, 1, 0, 0, 0),
                        event -> {},
                        Clock.systemUTC()))
                .bindTo(registry);
        new AuditKeepMeters(() -> 0, () -> 0).bindTo(registry);
        new AuditMeters(registry).follow(views);
        new CaptureMeters(new CaptureCounts(), () -> 0, () -> 0).bindTo(registry);
        new RoutesMeters(registry, () -> 1, () -> 0).reloaded("swapped");
        try (SpanExport export =
                SpanExport.to(new TracesConfig(URI.create("http://127.0.0.1:1"), 1, null), new UUID(0, 0))) {
            new TraceMeters(export).bindTo(registry);
        }
        CallMeters calls = new CallMeters(registry);
        calls.begun();
        calls.ended(refused());
        new StreamMeters(registry).ended(streamed("m"), answered());
        new GenAiMeters(registry).ended(streamed("m"), answered());
    }

    static EndedCall answered() {
        return new EndedCall(Dialect.OPENAI, ANSWERED, null);
    }

    static EndedCall refused() {
        return new EndedCall(
                Dialect.OPENAI,
                new CallRecord(0, 0, 9, 503, 0, 0, CallRecord.End.COMPLETE),
                FailureTable.rowFor(new GatewayBusy(GatewayBusy.Reason.QUEUE_TIMEOUT, "late", Duration.ofSeconds(1))));
    }

    static MeteredCall used(String model) {
        return new MeteredCall(1, model, "up", 7, new TokenUsage(1, 2, 3, 10, 5), false, 1_500_000_000);
    }

    /** An exchange whose one try began at 2 ns, with pieces of an event stream at 10, 20 and 50 ns. */
    static Exchange streamed(String model) {
        Exchange exchange = asked(model);
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.OPENAI);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/event-stream");
        long[] times = {10, 20, 50};
        int[] piece = {0};
        Stream stream = new Stream();
        exchange.getMessage().setBody(stream);
        new MeterUsage(
                        new PriceList(new FakePriceStore(List.of())),
                        List.of(),
                        rehearsal -> false,
                        () -> times[piece[0]++])
                .process(exchange);
        for (int i = 0; i < times.length; i++) {
            stream.observer.bytes(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        exchange.setProperty(ExchangeKeys.USED, used(model));
        return exchange;
    }

    /** An exchange whose one try began at 2 ns and that has no answer. */
    static Exchange asked(String model) {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.ENDPOINT, Endpoint.CHAT_COMPLETIONS);
        exchange.setProperty(ExchangeKeys.MODEL, model);
        AttemptLog log = new AttemptLog();
        log.add(new Attempt(
                Upstream.at("up", Dialect.OPENAI, URI.create("http://up"), null, null), null, model, 2, () -> {}));
        exchange.setProperty(ExchangeKeys.ATTEMPTS, log);
        return exchange;
    }

    private static final class Stream implements StreamBody {
        private BodyObserver observer;

        @Override
        public void onEnd(Consumer<StreamEnd> listener) {}

        @Override
        public void observe(BodyObserver by) {
            observer = by;
        }

        @Override
        public void discard() {}
    }
}
