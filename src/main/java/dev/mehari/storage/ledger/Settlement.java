package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import java.util.List;

/**
 * A lease to be given back. Writing it twice does no harm.
 *
 * @param requests how many of its calls have begun
 * @param used by them, including what {@code running} have reserved
 * @param running calls that go on with leases of their own from then on
 */
record Settlement(long keyId, long leaseId, int requests, Charge used, List<Held> running) {
    /** Of a lease for one call. */
    static Settlement ofCall(long keyId, long leaseId, Charge used) {
        return new Settlement(keyId, leaseId, 1, used, List.of());
    }
}
