package dev.mehari.telemetry;

import java.util.Map;

/** The ledger that instances share, as JMX shows it; all 0 where limits are kept in memory. */
@Described("The ledger of limits that instances share; all 0 where limits are kept in memory")
public interface LedgerMXBean {
    @Described(value = "Requests on their way to the ledger", unit = "requests")
    int getWaiting();

    @Described(value = "Round trips to the ledger since start", unit = "round trips")
    long getBatches();

    @Described(
            value = "Requests decided about since start, by whom: database, allotment (granted ahead), alone or nobody",
            unit = "requests")
    Map<String, Long> getDecisions();

    @Described(value = "How long the ledger's database has been away since start, altogether", unit = "s")
    double getAwaySeconds();

    @Described(value = "Leases granted alone and entered into the database later", unit = "leases")
    long getAdopted();

    @Described(value = "Leases that were gone while their calls ran; the calls were ended", unit = "leases")
    long getLost();
}
