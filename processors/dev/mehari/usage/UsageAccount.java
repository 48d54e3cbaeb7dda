package dev.mehari.usage;

import dev.mehari.credential.Attempt;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.exchange.KeyId;
import dev.mehari.limits.Charge;
import dev.mehari.upstream.Upstream;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Puts what was read of an answer to the account of its call: onto the exchange, which has what all tries have used
 * together, and to the observers, with the upstream and the credential of the try that it was read from. Any thread.
 */
final class UsageAccount {
    private final PriceList prices;
    private final List<UsageObserver> observers;
    private final Predicate<Exchange> rehearsal;

    /** @param rehearsal calls that are read but neither charged nor told of */
    UsageAccount(PriceList prices, List<UsageObserver> observers, Predicate<Exchange> rehearsal) {
        this.prices = prices;
        this.observers = List.copyOf(observers);
        this.rehearsal = rehearsal;
    }

    void enter(Exchange exchange, Reading reading) {
        if (rehearsal.test(exchange)) {
            return;
        }
        String asked = (String) exchange.getProperty(ExchangeKeys.MODEL);
        String model = asked == null ? reading.model() : asked;
        String upstream = upstream(exchange);
        long cost = prices.cost(upstream, model, reading.tokens());
        MeteredCall metered = new MeteredCall(
                KeyId.of(exchange),
                model,
                upstream,
                credentialId(exchange),
                reading.tokens(),
                reading.estimated(),
                cost);
        MeteredCall used =
                exchange.getProperty(ExchangeKeys.USED) instanceof MeteredCall before ? metered.after(before) : metered;
        exchange.setProperty(ExchangeKeys.CHARGE, new Charge(used.tokens().total(), used.nanoDollars()));
        exchange.setProperty(ExchangeKeys.USED, used);
        observers.forEach(observer -> observer.used(metered));
    }

    private static @Nullable String upstream(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.UPSTREAM) instanceof Upstream upstream ? upstream.name() : null;
    }

    private static long credentialId(Exchange exchange) {
        return exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt && attempt.credential() != null
                ? attempt.credential().id()
                : 0;
    }
}
