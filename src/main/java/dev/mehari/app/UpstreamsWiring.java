package dev.mehari.app;

import dev.mehari.admin.CreateUpstream;
import dev.mehari.admin.DeleteUpstream;
import dev.mehari.admin.EditUpstream;
import dev.mehari.admin.ShowEvents;
import dev.mehari.admin.ShowUpstream;
import dev.mehari.admin.ShowUpstreams;
import dev.mehari.admin.UpstreamsFile;
import dev.mehari.answer.StreamFailureEvents;
import dev.mehari.config.Configuration;
import dev.mehari.credential.DeclaredCredentials;
import dev.mehari.exchange.Dialect;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.inspection.InspectRequest;
import dev.mehari.storage.ChangeListener;
import dev.mehari.storage.Database;
import dev.mehari.storage.UpstreamRegistryTable;
import dev.mehari.storage.UpstreamTable;
import dev.mehari.upstream.Candidates;
import dev.mehari.upstream.ChooseUpstream;
import dev.mehari.upstream.PrepareUpstreamRequest;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamHealth;
import dev.mehari.upstream.Upstreams;
import dev.mehari.upstream.WeightedOrder;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds what knows, chooses and administers upstreams. */
final class UpstreamsWiring {
    private final UpstreamTable table;
    private final UpstreamRegistryTable registry;
    private final Upstreams upstreams;
    private final List<UpstreamTable.Holder> holders = new ArrayList<>();

    /**
     * Reads what is stored.
     *
     * @param simulated base URL of the simulated upstream; null when there is none
     */
    UpstreamsWiring(Configuration configuration, Database database, @Nullable URI simulated) throws StorageUnavailable {
        table = new UpstreamTable(database, configuration.target().forwardProxy());
        registry = new UpstreamRegistryTable(database);
        upstreams = Upstreams.from(configuration.target(), simulated, table);
        holders.add(upstreams::reload);
        upstreams.reload();
    }

    /**
     * Applies the declarative file, where one is configured.
     *
     * @param environment for its variables
     * @throws dev.mehari.config.ConfigurationException when the file is not as it should be; nothing has changed then
     */
    static void applyFile(
            Configuration configuration,
            Database database,
            DeclaredCredentials credentials,
            Map<String, String> environment)
            throws StorageUnavailable {
        Path file = configuration.upstreams().file();
        if (file == null) {
            return;
        }
        List<UpstreamsFile.Declared> declared = UpstreamsFile.read(file, environment);
        List<UpstreamFields> fields =
                declared.stream().map(UpstreamsFile.Declared::upstream).toList();
        new UpstreamRegistryTable(database).declare(fields, () -> {
            for (UpstreamsFile.Declared one : declared) {
                credentials.apply(one.upstream().name(), one.credentials());
            }
        });
    }

    /**
     * Binds what routes name.
     *
     * @param marks false for an upstream that is marked as failed
     * @param ejections false for an upstream that is left alone for a while
     * @param breakers false for an upstream whose circuit breaker is open
     */
    void bindTo(Main main, UpstreamHealth marks, UpstreamHealth ejections, UpstreamHealth breakers, WarmUp warmUp) {
        main.bind("inspectRequest", new InspectRequest(upstreams::takesEveryPath, new StreamFailureEvents()));
        WeightedOrder order = new WeightedOrder(chance(new SecureRandom().nextLong()));
        main.bind(
                "chooseUpstream", rehearsed(new ChooseUpstream(upstreams, marks, ejections, breakers, order), warmUp));
        main.bind("prepareUpstreamRequest", new PrepareUpstreamRequest());
        InForce inForce = new InForce(this::reload);
        main.bind("showUpstreams", new ShowUpstreams(registry));
        main.bind("showUpstream", new ShowUpstream(registry));
        main.bind("createUpstream", inForce.after(new CreateUpstream(registry)));
        main.bind("editUpstream", inForce.after(new EditUpstream(registry)));
        main.bind("deleteUpstream", inForce.after(new DeleteUpstream(registry)));
        main.bind("showEvents", new ShowEvents(registry));
    }

    /** Requests of the warm-up go nowhere that an operator named, whatever is stored, and take nobody's credential. */
    private static Processor rehearsed(Processor choosing, WarmUp warmUp) {
        Upstream nowhere = Upstream.at(WarmUp.UPSTREAM, Dialect.PLAIN, URI.create("http://127.0.0.1"), null, null);
        return exchange -> {
            if (warmUp.isOurs(exchange)) {
                exchange.setProperty(ExchangeKeys.CANDIDATES, Candidates.only(nowhere));
                exchange.setProperty(ExchangeKeys.UPSTREAM, nowhere);
            } else {
                choosing.process(exchange);
            }
        };
    }

    /** SplitMix64 from {@code seed} on; for any thread, without a lock. */
    private static DoubleSupplier chance(long seed) {
        AtomicLong next = new AtomicLong(seed);
        return () -> new SplittableRandom(next.getAndAdd(0x9e3779b97f4a7c15L)).nextDouble();
    }

    private void reload() throws StorageUnavailable {
        for (UpstreamTable.Holder holder : holders) {
            holder.reload();
        }
    }

    /** Whoever else holds what the table of upstreams has; before {@link #start}. */
    void alsoReload(UpstreamTable.Holder holder) {
        holders.add(holder);
    }

    /** Before {@code listener} starts. */
    void start(ChangeListener listener) {
        UpstreamTable.follow(listener, List.copyOf(holders));
    }

    Upstreams upstreams() {
        return upstreams;
    }

    /** Where their failed state and events are kept. */
    UpstreamTable store() {
        return table;
    }
}
