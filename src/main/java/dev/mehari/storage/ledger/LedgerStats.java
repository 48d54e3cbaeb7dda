package dev.mehari.storage.ledger;

/**
 * What a ledger has done since it was opened, and holds now.
 *
 * @param leasesHeld calls of this instance under way
 * @param acquiresWaiting requests not yet sent to the database
 * @param batches round trips that decided or settled
 * @param decisions by the database, now or ahead: granted and refused
 * @param drawn of these, granted from allotments
 * @param granted of these
 * @param refused of these
 * @param unavailable requests that nobody could decide, or too many at once
 * @param alone decided by this instance alone: granted and refused
 * @param awayMillis how long the database has been away, altogether
 * @param adopted leases entered into the database after they had been granted alone
 * @param lost leases that were gone while their calls ran
 */
public record LedgerStats(
        int leasesHeld,
        int acquiresWaiting,
        long batches,
        long decisions,
        long drawn,
        long granted,
        long refused,
        long unavailable,
        long alone,
        long awayMillis,
        long adopted,
        long lost) {}
