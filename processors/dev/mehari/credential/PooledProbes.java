package dev.mehari.credential;

import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialView.State;
import dev.mehari.probe.ProbeCredential;
import dev.mehari.probe.ProbeHeaders;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;
import dev.mehari.upstream.UpstreamOptions.Probe;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks upstreams only with what a call could use, too: never with a credential that is benched for what is asked, disabled, used
 * up or without a token that holds, for nothing is won by it: while all are so, no call could use the upstream either. One
 * whose bench is over is asked with when there is none without; a call that tries it may never come while the upstream is
 * marked as failed. How many calls may be under way does not matter. For any thread.
 */
public final class PooledProbes implements ProbeHeaders {
    private final Supplier<List<CredentialView>> credentials;
    private final Clock clock;

    /** @param credentials all, as they stand on this instance */
    public PooledProbes(Supplier<List<CredentialView>> credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    @Override
    public ProbeCredential of(Upstream upstream) {
        Probe probe = upstream.options().probe();
        String model = probe == null ? null : probe.model();
        String there = model == null ? "" : upstream.options().modelThere(model);
        Instant now = clock.instant();
        boolean isPooled = false;
        UpstreamCredential last = null;
        for (CredentialView view : credentials.get()) {
            if (!view.credential().upstream().equals(upstream.name())) {
                continue;
            }
            isPooled = true;
            UpstreamCredential header = header(view, model, now);
            List<Bench> benches = view.benches().stream()
                    .filter(bench -> bench.model().isEmpty() || bench.model().equals(there))
                    .toList();
            if (header != null && benches.isEmpty()) {
                return new ProbeCredential.Pooled(header);
            }
            if (header != null
                    && benches.stream().noneMatch(bench -> bench.until().isAfter(now))) {
                last = header;
            }
        }
        if (last != null) {
            return new ProbeCredential.Pooled(last);
        }
        return isPooled ? new ProbeCredential.NoneNow() : new ProbeCredential.Own();
    }

    private static @Nullable UpstreamCredential header(CredentialView view, @Nullable String model, Instant now) {
        Credential one = view.credential();
        boolean isFit = (view.state() == State.USABLE || view.state() == State.TRIAL)
                && (model == null || one.models().allows(model));
        boolean isOver = one.kind() == Credential.Kind.OAUTH
                && one.tokenExpires() != null
                && !one.tokenExpires().isAfter(now);
        return isFit && !isOver ? one.header() : null;
    }
}
