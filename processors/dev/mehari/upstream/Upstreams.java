package dev.mehari.upstream;

import dev.mehari.config.TargetConfig;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.RequestRejected;
import dev.mehari.failure.StorageUnavailable;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams that requests can go to now: those stored, and those configured. What is configured is a plain target for
 * everything, or one upstream for each LLM API that a key is known for, or the simulated upstream for both, which gives way
 * to stored ones.
 *
 * <p>Holds one immutable directory, which {@link #reload} replaces as a whole; looking something up costs nothing and is for
 * any thread.
 */
public final class Upstreams {
    static final URI OPENAI = URI.create("https://api.openai.com");
    static final URI ANTHROPIC = URI.create("https://api.anthropic.com");

    private final ConfiguredUpstreams configured;
    private final UpstreamStore store;
    private Consumer<List<Upstream>> preparing = coming -> {};
    private volatile UpstreamDirectory directory;

    private Upstreams(ConfiguredUpstreams configured, UpstreamStore store) {
        this.configured = configured;
        this.store = store;
        directory = new UpstreamDirectory(configured, List.of());
    }

    /**
     * The upstreams that the configuration asks for; those in {@code store} come with {@link #reload}. A plain target gets no
     * key of a vendor's, only its own credential.
     *
     * @param simulated base URL of the simulated upstream, used when nothing is configured
     */
    public static Upstreams from(TargetConfig config, @Nullable URI simulated, UpstreamStore store) {
        return new Upstreams(ConfiguredUpstreams.from(config, simulated), store);
    }

    /**
     * Lets {@code preparing} have all upstreams there are now, and those of each {@link #reload} before a call can go to them.
     * It may block.
     */
    public synchronized void prepareBy(Consumer<List<Upstream>> preparing) {
        this.preparing = preparing;
        preparing.accept(all());
    }

    /** Takes over what the store has now. Blocks. */
    public synchronized void reload() throws StorageUnavailable {
        UpstreamDirectory coming = new UpstreamDirectory(configured, store.load());
        preparing.accept(all(coming));
        directory = coming;
    }

    /** Upstreams for calls of {@code dialect}, by priority, at least one; fails as an unknown path when there is none. */
    public List<Upstream> forDialect(Dialect dialect) throws RequestRejected {
        List<Upstream> upstreams = directory.forDialect(dialect);
        if (upstreams.isEmpty()) {
            throw new RequestRejected(
                    RequestRejected.Kind.UNKNOWN_PATH,
                    "no_upstream",
                    "This gateway has no upstream for the API called; ask its operator to configure one.",
                    null);
        }
        return upstreams;
    }

    /** True when every path is forwarded, not only those of the LLM APIs. */
    public boolean takesEveryPath() {
        return !directory.forDialect(Dialect.PLAIN).isEmpty();
    }

    /** Each upstream that a call can go to, once. */
    public List<Upstream> all() {
        return all(directory);
    }

    private static List<Upstream> all(UpstreamDirectory directory) {
        Set<Upstream> all = new LinkedHashSet<>();
        for (Dialect dialect : Dialect.values()) {
            all.addAll(directory.forDialect(dialect));
        }
        return List.copyOf(all);
    }
}
