package dev.mehari.upstream;

import dev.mehari.config.TargetConfig;
import dev.mehari.exchange.Dialect;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams that the configuration alone knows, by the dialect called; null where there is none.
 *
 * @param standIn true for the simulated upstream, which only takes calls that nothing else does
 */
record ConfiguredUpstreams(
        @Nullable Upstream openAi,
        @Nullable Upstream anthropic,
        @Nullable Upstream plain,
        boolean standIn) {

    static ConfiguredUpstreams from(TargetConfig config, @Nullable URI simulated) {
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
            return new ConfiguredUpstreams(target, target, target, false);
        }
        if (config.isNothingConfigured()) {
            Upstream simulator = Upstream.at("simulated", Dialect.PLAIN, Objects.requireNonNull(simulated), null, null);
            return new ConfiguredUpstreams(simulator, simulator, null, true);
        }
        Upstream openAi = config.openaiKey() == null
                ? null
                : Upstream.at(
                        "openai",
                        Dialect.OPENAI,
                        Upstreams.OPENAI,
                        proxy,
                        UpstreamCredential.bearer(config.openaiKey().reveal()));
        Upstream anthropic = config.anthropicKey() == null
                ? null
                : Upstream.at(
                        "anthropic",
                        Dialect.ANTHROPIC,
                        Upstreams.ANTHROPIC,
                        proxy,
                        UpstreamCredential.apiKey(config.anthropicKey().reveal()));
        return new ConfiguredUpstreams(openAi, anthropic, null, false);
    }

    @Nullable
    Upstream forDialect(Dialect dialect) {
        return switch (dialect) {
            case OPENAI -> openAi;
            case ANTHROPIC -> anthropic;
            case PLAIN -> plain;
        };
    }
}
