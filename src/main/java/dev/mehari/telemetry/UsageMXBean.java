package dev.mehari.telemetry;

import java.util.Map;

/** Tokens and money, as JMX shows them. */
@Described("What calls have used since start, all keys together")
public interface UsageMXBean {
    @Described(value = "Tokens by kind, told or estimated", unit = "tokens")
    Map<String, Long> getTokens();

    @Described(value = "What calls have cost by the prices in force", unit = "USD")
    double getCost();

    @Described(value = "Calls of whose usage a part is estimated", unit = "calls")
    long getEstimated();

    @Described(value = "Calls that cost nothing because their model has no price", unit = "calls")
    long getUnpriced();

    @Described(value = "Calls whose usage is not yet in the database", unit = "calls")
    int getUnwritten();
}
