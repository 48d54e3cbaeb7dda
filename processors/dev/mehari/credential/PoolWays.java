package dev.mehari.credential;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamHealth;
import dev.mehari.upstream.Ways;
import java.util.List;
import org.apache.camel.Exchange;

/** Which ways the pool and the upstreams' health leave for a call. For any thread. */
public final class PoolWays implements Ways {
    private final CredentialPool pool;
    private final UpstreamHealth health;

    public PoolWays(CredentialPool pool, UpstreamHealth health) {
        this.pool = pool;
        this.health = health;
    }

    @Override
    public Left left(Exchange exchange) {
        if (exchange.getProperty(ExchangeKeys.CANDIDATES) == null
                && exchange.getProperty(ExchangeKeys.UPSTREAM) == null) {
            return Left.NONE; // refused before an upstream was chosen
        }
        List<Upstream> candidates = TakeCredential.candidates(exchange).stream()
                .filter(health::isUsable)
                .toList();
        String model = (String) exchange.getProperty(ExchangeKeys.MODEL);
        AttemptLog tried =
                exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log ? log : new AttemptLog();
        Outlook outlook = new Outlook();
        if (pool.hasUsable(candidates, model, tried, false, outlook)) {
            return Left.OTHER;
        }
        return pool.hasUsable(candidates, model, tried, true, outlook) || outlook.isBusy() ? Left.SAME : Left.NONE;
    }
}
