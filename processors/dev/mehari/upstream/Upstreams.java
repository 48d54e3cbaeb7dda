package dev.mehari.upstream;

import dev.mehari.exchange.Dialect;
import dev.mehari.failure.RequestRejected;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams that requests can go to: a plain target for everything, or one for each LLM API that a key is known for, or
 * the simulated upstream for both. Immutable.
 */
public final class Upstreams {
    private final @Nullable Upstream openAi;
    private final @Nullable Upstream anthropic;
    private final @Nullable Upstream plain;

    private Upstreams(@Nullable Upstream openAi, @Nullable Upstream anthropic, @Nullable Upstream plain) {
        this.openAi = openAi;
        this.anthropic = anthropic;
        this.plain = plain;
    }

    /**
     * The upstreams that the configuration asks for.
     *
     * @param simulated base URL of the simulated upstream, used when nothing is configured
     * @throws IllegalArgumentException when a base URL is none
     */
    public static Upstreams from(TargetConfig config, URI simulated) {
        ForwardProxy proxy = config.forwardProxy();
        if (config.plainTarget() != null) {
            Upstream target = Upstream.at("target", Dialect.PLAIN, config.plainTarget(), proxy, null);
            return new Upstreams(target, target, target);
        }
        if (config.isNothingConfigured()) {
            Upstream simulator = Upstream.at("simulated", Dialect.PLAIN, simulated, null, null);
            return new Upstreams(simulator, simulator, null);
        }
        String openAiKey = config.hasOpenAi() ? config.openAiKey() : null;
        String anthropicKey = config.hasAnthropic() ? config.anthropicKey() : null;
        return new Upstreams(
                openAiKey == null
                        ? null
                        : Upstream.at(
                                "openai",
                                Dialect.OPENAI,
                                config.openAiBase(),
                                proxy,
                                UpstreamCredential.bearer(openAiKey.strip())),
                anthropicKey == null
                        ? null
                        : Upstream.at(
                                "anthropic",
                                Dialect.ANTHROPIC,
                                config.anthropicBase(),
                                proxy,
                                UpstreamCredential.apiKey(anthropicKey.strip())),
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
