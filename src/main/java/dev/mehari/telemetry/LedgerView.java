package dev.mehari.telemetry;

/**
 * The ledger that instances share, as one of them sees it; counts since its start.
 *
 * @param waiting requests not yet sent to the database
 * @param batches round trips
 * @param decided by the database
 * @param drawn granted from allotments
 * @param decidedAlone by this instance, while the database was away
 * @param undecided by anybody
 * @param awayMillis how long the database has been away, altogether
 * @param adopted leases entered into the database after they had been granted alone
 * @param lost leases that were gone while their calls ran
 */
public record LedgerView(
        int waiting,
        long batches,
        long decided,
        long drawn,
        long decidedAlone,
        long undecided,
        long awayMillis,
        long adopted,
        long lost) {}
