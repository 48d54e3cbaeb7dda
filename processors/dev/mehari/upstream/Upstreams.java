package dev.mehari.upstream;

import dev.mehari.config.TargetConfig;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.RequestRejected;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams that requests can go to: a plain target for everything, or one for each LLM API that a key is known for, or
 * the simulated upstream for both. Immutable.
 */
public final class Upstreams {
    static final URI OPENAI = URI.create("https://api.openai.com");
    static final URI ANTHROPIC = URI.create("https://api.anthropic.com");

    private final @Nullable Upstream openAi;
    private final @Nullable Upstream anthropic;
    private final @Nullable Upstream plain;

    private Upstreams(@Nullable Upstream openAi, @Nullable Upstream anthropic, @Nullable Upstream plain) {
        this.openAi = openAi;
        this.anthropic = anthropic;
        this.plain = plain;
    }

    /**
     * The upstreams that the configuration asks for. A plain target gets no key of a vendor's, only its own credential.
     *
     * @param simulated base URL of the simulated upstream, used when nothing is configured
     */
    public static Upstreams from(TargetConfig config, @Nullable URI simulated) {
        ForwardProxy proxy = ForwardProxy.at(config.forwardProxy());
        if (config.host() != null) {
            Upstream target = new Upstream(
                    "target",
                    Dialect.PLAIN,
                    config.tls(),
                    config.host(),
                    config.port(),
                    config.path(),
                    proxy,
                    config.authorization() == null
                            ? null
                            : new UpstreamCredential(
                                    "Authorization", config.authorization().reveal()));
            return new Upstreams(target, target, target);
        }
        if (config.isNothingConfigured()) {
            Upstream simulator = Upstream.at("simulated", Dialect.PLAIN, Objects.requireNonNull(simulated), null, null);
            return new Upstreams(simulator, simulator, null);
        }
        return new Upstreams(
                config.openaiKey() == null
                        ? null
                        : Upstream.at(
                                "openai",
                                Dialect.OPENAI,
                                OPENAI,
                                proxy,
                                UpstreamCredential.bearer(config.openaiKey().reveal())),
                config.anthropicKey() == null
                        ? null
                        : Upstream.at(
                                "anthropic",
                                Dialect.ANTHROPIC,
                                ANTHROPIC,
                                proxy,
                                UpstreamCredential.apiKey(config.anthropicKey().reveal())),
                null);
    }

    /** The upstream for calls of {@code dialect}; fails as an unknown path when none is configured. */
    public Upstream forDialect(Dialect dialect) throws RequestRejected {
        Upstream upstream = dialect == Dialect.OPENAI ? openAi : dialect == Dialect.ANTHROPIC ? anthropic : plain;
        if (upstream == null) {
            throw new RequestRejected(
                    RequestRejected.Kind.UNKNOWN_PATH,
                    "no_upstream",
                    "This gateway has no upstream for the API called; ask its operator to configure one.",
                    null);
        }
        return upstream;
    }

    /** True when every path is forwarded, not only those of the LLM APIs. */
    public boolean takesEveryPath() {
        return plain != null;
    }

    /** Each upstream once. */
    public List<Upstream> all() {
        return List.copyOf(new LinkedHashSet<>(
                Stream.of(openAi, anthropic, plain).filter(u -> u != null).toList()));
    }
}
