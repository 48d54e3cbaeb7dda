package dev.mehari.storage.ledger;

import dev.mehari.config.LimitsConfig;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.BatchObserver;
import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitLedger;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.MemoryLedger;
import dev.mehari.storage.ChangeListener;
import dev.mehari.storage.Database;
import dev.mehari.storage.SqlOutage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps account in PostgreSQL for all instances that share it. A decision is made under the key's lock and is exact: at no
 * instant are more leases held than the key's concurrency, and in no window is more granted than its limits.
 *
 * <p><b>Allotments.</b> What a key is often asked for is granted ahead, and then given out on the callers' threads. All of it
 * counts in the database from then on. A call that others would be refused for it makes all instances give theirs back, and is
 * decided then. See {@link KeyDemand}.
 *
 * <p><b>While the database is away</b>, or takes longer than a second for a round trip. Callers wait up to 300 ms for a lost
 * connection to be back, as after a quick restart. Then this instance decides alone, on its callers' threads, for {@code mehari.limits.outage}, by what it has granted itself
 * since its start. The bound: each instance counts its own calls and alone passes no limit, so that all together hold, and
 * grant in one window, at most the limit times the number of instances. After that time the answer is {@link
 * LimitDecision.Unavailable}. Once the database is back, what was granted alone is entered whatever the limits say, in the windows
 * that are still current, and leases that lapsed meanwhile are revived; no call is broken off for an outage.
 *
 * <p><b>What is not told.</b> When a connection dies during a round trip its requests are asked again, and those that it had
 * granted are given back. A settlement above what was reserved can pass a limit of tokens or money, once for each call under
 * way, and is told to the others when the allotment of its call ends, or the place that it passed on, up to 2 s later.
 *
 * <p>Answers come on the ledger's own thread, {@code mehari-ledger}, or the caller's; no method but {@link #open} and {@link
 * #close} blocks.
 */
public final class PostgresLedger implements LimitLedger {
    /** Notified, with a key's id, when leases of that key have been taken back. */
    public static final String CHANNEL = "mehari_lease";

    /** Notified, with a key's id, when others need what allotments of that key hold. */
    public static final String ALLOTMENT_CHANNEL = "mehari_allotment";

    private static final String CLOSING = "this instance is shutting down";

    private final WaitingRequests waiting = new WaitingRequests();
    private final LedgerCount count = new LedgerCount();
    private final LongSupplier nanos;
    private final Outage outage;
    private final LeaseBook book;
    private final Mirror mirror;
    private final Allotments allotments;
    private final Batcher batcher;

    private PostgresLedger(Database database, LimitsConfig config, MemoryLedger memory, LongSupplier nanos, int owner) {
        this.nanos = nanos;
        outage = new Outage(nanos, config.outage());
        WaitingSettlements settlements = new WaitingSettlements(nanos, this::wake);
        book = new LeaseBook(owner, settlements, this::wake);
        mirror = new Mirror(memory, outage, book, count, nanos);
        allotments = new Allotments(book, mirror, this::wake, config.lease(), nanos);
        batcher = new Batcher(
                () -> LedgerSession.open(database, owner, config, nanos),
                waiting,
                settlements,
                book,
                allotments,
                mirror,
                outage,
                count,
                new Sweeper(database, mirror, config.decisionLog()),
                config.lease(),
                nanos);
    }

    /**
     * Begins to keep account.
     *
     * @param memory the ledger's own, for the time without the database
     */
    public static PostgresLedger open(Database database, LimitsConfig config, MemoryLedger memory, LongSupplier nanos)
            throws StorageUnavailable {
        PostgresLedger ledger = new PostgresLedger(database, config, memory, nanos, nextOwner(database));
        ledger.batcher.start();
        return ledger;
    }

    /** Lets {@code ledger} hear at once of leases that operators take back; before the listener is started. */
    public static void follow(ChangeListener listener, PostgresLedger ledger) {
        listener.subscribe(CHANNEL, new ChangeListener.Subscriber() {
            @Override
            public void changed(String keyId) {
                ledger.allotments.callBack(Long.parseLong(keyId));
                ledger.batcher.renewNow();
            }

            @Override
            public void anythingChanged() {
                ledger.allotments.endAll();
                ledger.batcher.renewNow();
            }
        });
        listener.subscribe(ALLOTMENT_CHANNEL, new ChangeListener.Subscriber() {
            @Override
            public void changed(String keyId) {
                ledger.allotments.callBack(Long.parseLong(keyId));
            }

            @Override
            public void anythingChanged() {
                ledger.allotments.endAll();
                ledger.allotments.canBeCalledBack(true);
            }

            @Override
            public void lost() {
                ledger.allotments.canBeCalledBack(false);
                ledger.allotments.endAll();
            }
        });
    }

    @Override
    public void acquire(LimitRequest request, Consumer<LimitDecision> answer) {
        Held drawn = batcher.isClosing() ? null : allotments.draw(request);
        if (drawn == null) {
            ask(new Asked(request, answer, nanos.getAsLong()));
        } else {
            count.drawn.increment();
            answer.accept(new LimitDecision.Granted(drawn));
        }
    }

    private void ask(Asked asked) {
        if (batcher.isClosing()) {
            mirror.refuse(asked, CLOSING);
        } else if (outage.isPatienceOver()) {
            mirror.decide(asked);
        } else if (waiting.add(asked)) {
            wake();
            // what came between the question and the queue is not seen by the batcher before its next round
            if (batcher.isClosing() && asked.claim()) {
                mirror.refuse(asked, CLOSING);
            } else if (outage.isPatienceOver() && asked.claim()) {
                mirror.decide(asked);
            }
        } else if (outage.isAway()) {
            mirror.decide(asked);
        } else {
            mirror.refuse(asked, "the limits of this key cannot be checked: too many requests at once");
        }
    }

    /** Tells {@code observer}, and nobody else, of round trips from now on. */
    public void tell(BatchObserver observer) {
        count.tell(observer);
    }

    public LedgerStats stats() {
        return count.stats(book.size(), waiting.size(), outage.awayMillis());
    }

    @Override
    public void close() {
        batcher.close();
    }

    private void wake() {
        batcher.wake();
    }

    private static int nextOwner(Database database) throws StorageUnavailable {
        try (Connection connection = database.connection();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("select nextval('owner_seq')")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException failure) {
            throw SqlOutage.during("counting calls under limits", failure);
        }
    }
}
