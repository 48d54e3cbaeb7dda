package dev.mehari.credential;

import dev.mehari.caller.AllowList;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.exchange.Dialect;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Choice;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Credentials and upstreams as tests need them. */
final class Credentials {
    private Credentials() {}

    static Credential key(long id) {
        return key(id, "up", 50);
    }

    static Credential key(long id, String upstream, int priority) {
        return new Credential(
                id,
                upstream,
                "key-" + id,
                Kind.API_KEY,
                new UpstreamCredential("Authorization", "Bearer secret-" + id),
                null,
                0,
                null,
                priority,
                1,
                0,
                0,
                Duration.ZERO,
                AllowList.ALL,
                true);
    }

    static Credential with(Credential of, int weight, int maxConcurrent, long dailyQuota, boolean enabled) {
        return new Credential(
                of.id(),
                of.upstream(),
                of.name(),
                of.kind(),
                of.header(),
                of.tokenExpires(),
                of.tokenVersion(),
                of.tokenRests(),
                of.priority(),
                weight,
                maxConcurrent,
                dailyQuota,
                of.userGap(),
                of.models(),
                enabled);
    }

    static Credential limited(long id, int maxConcurrent) {
        return with(key(id), 1, maxConcurrent, 0, true);
    }

    static Credential quota(long id, long dailyQuota) {
        return with(key(id), 1, 0, dailyQuota, true);
    }

    static Credential disabled(long id) {
        return with(key(id), 1, 0, 0, false);
    }

    static Credential forModels(long id, String... models) {
        Credential of = key(id);
        return new Credential(
                of.id(),
                of.upstream(),
                of.name(),
                of.kind(),
                of.header(),
                null,
                0,
                null,
                of.priority(),
                1,
                0,
                0,
                Duration.ZERO,
                new AllowList(List.of(models)),
                true);
    }

    static Credential oauth(long id, String token, Instant expires, long version) {
        return oauth(id, token, expires, version, null);
    }

    static Credential oauth(long id, String token, Instant expires, long version, Instant rests) {
        return new Credential(
                id,
                "up",
                "oauth-" + id,
                Kind.OAUTH,
                token == null ? null : new UpstreamCredential("Authorization", "Bearer " + token),
                expires,
                version,
                rests,
                50,
                1,
                0,
                0,
                Duration.ZERO,
                AllowList.ALL,
                true);
    }

    static Upstream upstream(String name, Choice choice, int rotationCalls, int maxConcurrent) {
        UpstreamOptions usual = UpstreamOptions.DEFAULT;
        return Upstream.at(name, Dialect.OPENAI, URI.create("http://" + name + ".test"), null, null)
                .stored(
                        1,
                        new UpstreamOptions(
                                50,
                                1,
                                maxConcurrent,
                                AllowList.ALL,
                                Map.of("alias", "real"),
                                choice,
                                rotationCalls,
                                Duration.ofHours(1),
                                usual.timeouts(),
                                usual.trust(),
                                null));
    }

    static Upstream upstream(String name) {
        return upstream(name, Choice.LEAST_RECENTLY_USED, 100, 0);
    }
}
