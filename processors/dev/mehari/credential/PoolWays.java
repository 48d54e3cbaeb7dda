package dev.mehari.credential;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.upstream.Candidates;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamHealth;
import dev.mehari.upstream.Ways;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Exchange;

/** Which ways the pool and the upstreams' health leave for a call. For any thread. */
public final class PoolWays implements Ways {
    private final CredentialPool pool;
    private final UpstreamHealth health;
    private final UpstreamHealth ejections;

    /** @param ejections false for an upstream that is left alone for a while */
    public PoolWays(CredentialPool pool, UpstreamHealth health, UpstreamHealth ejections) {
        this.pool = pool;
        this.health = health;
        this.ejections = ejections;
    }

    @Override
    public Left left(Exchange exchange) {
        if (exchange.getProperty(ExchangeKeys.CANDIDATES) == null
                && exchange.getProperty(ExchangeKeys.UPSTREAM) == null) {
            return Left.NONE; // refused before an upstream was chosen
        }
        Candidates all = TakeCredential.candidates(exchange);
        List<Upstream> possible = Stream.concat(all.upstreams().stream(), all.leftAlone().stream())
                .filter(health::isUsable)
                .toList();
        List<Upstream> candidates =
                possible.stream().filter(ejections::isUsable).toList();
        String model = (String) exchange.getProperty(ExchangeKeys.MODEL);
        AttemptLog tried =
                exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log ? log : new AttemptLog();
        Outlook outlook = new Outlook();
        if (pool.hasUsable(candidates, model, tried, false, outlook)) {
            return Left.OTHER;
        }
        if (pool.hasUsable(candidates, model, tried, true, outlook) || outlook.isBusy()) {
            return Left.SAME;
        }
        return pool.hasUsable(possible, model, tried, false, new Outlook()) ? Left.OTHER : Left.NONE;
    }
}
