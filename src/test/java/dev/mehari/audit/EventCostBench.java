package dev.mehari.audit;

import dev.mehari.config.AuditConfig;
import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.exchange.CallRecord;
import dev.mehari.exchange.Conversation;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.FakeCall;
import dev.mehari.upstream.Upstream;
import dev.mehari.usage.MeteredCall;
import dev.mehari.usage.TokenUsage;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** The program behind {@code bench/audit --cost}, which says what it does: {@code EventCostBench EVENTS}. */
final class EventCostBench {
    private static final int ROUNDS = 5;
    private static final int BATCH = 2_000;

    private final CamelContext context = new DefaultCamelContext();
    private final FakeCall call = new FakeCall();
    private final List<Exchange> calls = new ArrayList<>();
    private final AuditQueue queue = new AuditQueue(2 * BATCH, BATCH);
    private final CallAudit audit =
            new CallAudit(new ClientAddress(AuditConfig.Client.FULL, List.of()), exchange -> false, Clock.systemUTC());
    private final EventSeal seal;

    private EventCostBench() {
        UUID instance = UUID.randomUUID();
        seal = new EventSeal(
                new AuditChain(1, instance),
                EventChain.begin(instance, null),
                AuditKey.of(AuditKey.random(new SecureRandom())),
                Clock.systemUTC());
        call.end(200, CallRecord.End.COMPLETE);
        for (int i = 0; i < BATCH; i++) {
            calls.add(exchange(i));
        }
    }

    public static void main(String[] arguments) {
        int batches = Math.max(1, Integer.parseInt(arguments[0]) / BATCH);
        EventCostBench bench = new EventCostBench();
        bench.round(batches); // compiled before it is measured
        double[] made = new double[ROUNDS];
        double[] written = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            double[] micros = bench.round(batches);
            made[round] = micros[0];
            written[round] = micros[1];
        }
        Arrays.sort(made);
        Arrays.sort(written);
        System.out.printf(
                Locale.ROOT,
                "CPU of an event, median of %d rounds of %d (least to most):%n"
                        + "  made and queued, on the call's event loop: %.2f us (%.2f to %.2f)%n"
                        + "  sealed, with columns, on the thread that writes: %.2f us (%.2f to %.2f)%n",
                ROUNDS,
                batches * BATCH,
                made[ROUNDS / 2],
                made[0],
                made[ROUNDS - 1],
                written[ROUNDS / 2],
                written[0],
                written[ROUNDS - 1]);
        bench.context.stop();
    }

    /** Microseconds of CPU for each event: of what the event loop does, and of what the writer does. */
    private double[] round(int batches) {
        long made = 0;
        long written = 0;
        for (int batch = 0; batch < batches; batch++) {
            long begun = cpuNanos();
            for (Exchange exchange : calls) {
                Supplier<AuditEvent> event = audit.tap(exchange, call);
                queue.offer(event.get());
            }
            long between = cpuNanos();
            Exchange exchange = new DefaultExchange(context);
            exchange.setProperty(AuditKeys.EVENTS, seal.seal(queue.take()));
            new EventColumns().process(exchange);
            made += between - begun;
            written += cpuNanos() - between;
        }
        double events = (double) batches * BATCH;
        return new double[] {made / events / 1e3, written / events / 1e3};
    }

    private Exchange exchange(int number) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setHeader(Exchange.HTTP_METHOD, "POST");
        exchange.getIn().setHeader(Exchange.HTTP_URI, copy("/v1/chat/completions"));
        exchange.setProperty(ExchangeKeys.REQUEST_ID, new UUID(number, number).toString());
        exchange.setProperty(ExchangeKeys.KEY_ID, Integer.toString(number));
        exchange.setProperty(ExchangeKeys.DIALECT, Dialect.OPENAI);
        exchange.setProperty(ExchangeKeys.MODEL, copy("provider/model-7-2026-01-31"));
        exchange.setProperty(ExchangeKeys.STREAM, true);
        exchange.setProperty(ExchangeKeys.CONVERSATION, new Conversation(number, false));
        exchange.setProperty(ExchangeKeys.QUEUE_MS, 3L);
        exchange.setProperty(
                ExchangeKeys.USED,
                new MeteredCall(number, "model", "upstream", 0, new TokenUsage(900, 0, 0, 300, 0), false, 5_000));
        AttemptLog attempts = new AttemptLog();
        attempts.add(new Attempt(
                Upstream.at("upstream", Dialect.OPENAI, URI.create("http://up.test"), null, null),
                null,
                null,
                1,
                () -> {}));
        exchange.setProperty(ExchangeKeys.ATTEMPTS, attempts);
        return exchange;
    }

    /** As it is read from each request anew. */
    private static String copy(String text) {
        return new String(text.toCharArray());
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
