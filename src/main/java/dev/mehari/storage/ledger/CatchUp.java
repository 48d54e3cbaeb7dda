package dev.mehari.storage.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the database up to date after it was away: revives leases that ran on, and enters those that were granted alone. Used
 * by the batcher's thread.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final int MOST = 500;

    private final LeaseBook book;
    private final Renewals renewals;
    private final LedgerCount count;
    private final LongSupplier nanos;

    CatchUp(LeaseBook book, Renewals renewals, LedgerCount count, LongSupplier nanos) {
        this.book = book;
        this.renewals = renewals;
        this.count = count;
        this.nanos = nanos;
    }

    /** Revives all leases that the database knew before, even those that lapsed; calls whose lease is gone are told. */
    void revive(LedgerSession session) throws SQLException {
        List<Held> known = new ArrayList<>();
        for (Held lease : book.all()) {
            if (lease.isEntered()) {
                known.add(lease);
            }
        }
        for (int from = 0; from < known.size(); from += MOST) {
            List<Held> some = known.subList(from, Math.min(known.size(), from + MOST));
            long sent = nanos.getAsLong();
            Set<Long> gone = session.adopt(some, sent);
            some.forEach(lease -> renewals.answered(lease, !gone.contains(lease.id()), sent));
        }
    }

    /** Enters some of the leases that were granted alone; false when there are none. */
    boolean enterGrantedAlone(LedgerSession session) throws SQLException {
        List<Held> some = book.takeGrantedAlone(MOST);
        if (some.isEmpty()) {
            return false;
        }
        try {
            enter(session, some);
        } catch (SQLException failure) {
            if (!session.outlives(failure)) {
                book.enterLater(some);
                throw failure;
            }
            enterOneByOne(session, some);
        }
        return true;
    }

    private void enter(LedgerSession session, List<Held> some) throws SQLException {
        long sent = nanos.getAsLong();
        session.adopt(some, sent);
        for (Held lease : some) {
            lease.renewed(sent);
            lease.entered();
        }
        count.adopted.add(some.size());
    }

    private void enterOneByOne(LedgerSession session, List<Held> some) throws SQLException {
        for (int place = 0; place < some.size(); place++) {
            Held lease = some.get(place);
            try {
                enter(session, List.of(lease));
            } catch (SQLException failure) {
                if (!session.outlives(failure)) {
                    book.enterLater(some.subList(place, some.size()));
                    throw failure;
                }
                LOG.error(
                        "The database cannot take lease {} of key {}, granted alone",
                        lease.id(),
                        lease.keyId(),
                        failure);
                book.forget(lease);
            }
        }
    }
}
