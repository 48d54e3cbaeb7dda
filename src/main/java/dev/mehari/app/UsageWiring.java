package dev.mehari.app;

import dev.mehari.admin.ChangePrice;
import dev.mehari.admin.DeletePrice;
import dev.mehari.admin.ShowPrices;
import dev.mehari.admin.ShowUsage;
import dev.mehari.limits.ChargeEstimate;
import dev.mehari.storage.ChangeListener;
import dev.mehari.storage.Database;
import dev.mehari.storage.PriceTable;
import dev.mehari.storage.UsageTable;
import dev.mehari.telemetry.UsageMeters;
import dev.mehari.usage.MeterFailedTry;
import dev.mehari.usage.MeterUsage;
import dev.mehari.usage.PriceList;
import dev.mehari.usage.UsageWriter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** Builds what reads, prices, sums up and shows usage. */
final class UsageWiring implements AutoCloseable {
    private static final Duration BETWEEN_BATCHES = Duration.ofMillis(250);

    private final UsageTable table;
    private final PriceList prices;
    private final UsageWriter writer;
    private final UsageMeters meters;
    private final WarmUp warmUp;

    UsageWiring(Database database, MeterRegistry registry, WarmUp warmUp) {
        this.warmUp = warmUp;
        table = new UsageTable(database);
        prices = new PriceList(new PriceTable(database));
        writer = new UsageWriter(table, UUID.randomUUID(), Clock.systemUTC(), BETWEEN_BATCHES);
        meters = new UsageMeters(registry);
        meters.follow(prices::unpricedCalls, writer::unwrittenCalls);
    }

    void bindTo(Main main) {
        main.bind("meterUsage", new MeterUsage(prices, List.of(writer, meters), warmUp::isOurs, System::nanoTime));
        main.bind("showUsage", new ShowUsage(table, Clock.systemUTC()));
        main.bind("showPrices", new ShowPrices(prices));
        main.bind("changePrice", new ChangePrice(prices));
        main.bind("deletePrice", new DeletePrice(prices));
    }

    /** Reads what tries have used that have failed. */
    Processor meterFailedTry() {
        return new MeterFailedTry(prices, List.of(writer, meters), warmUp::isOurs);
    }

    /** What to reserve for a call before it is made. */
    ChargeEstimate estimate() {
        return prices;
    }

    /** Before {@code listener} starts, which reads the prices first of all. */
    void start(ChangeListener listener) {
        PriceTable.follow(listener, prices);
        writer.start();
    }

    @Override
    public void close() {
        writer.close();
    }
}
