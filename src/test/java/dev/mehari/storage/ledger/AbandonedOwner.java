package dev.mehari.storage.ledger;

import dev.mehari.config.LimitsConfig;
import dev.mehari.limits.Charge;
import dev.mehari.limits.LimitRequest;
import dev.mehari.limits.LimitedKey;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** An owner that took one lease and then never was heard of again, but for what a test makes it say. */
final class AbandonedOwner implements AutoCloseable {
    private final LedgerSession session;
    private final LeaseBook book;
    private final LimitedKey key;
    private final long leaseId;
    private final Acquire asked;
    private final Answers answers;

    private AbandonedOwner(
            LedgerSession session, LeaseBook book, LimitedKey key, long leaseId, Acquire asked, Answers answers) {
        this.asked = asked;
        this.answers = answers;
        this.session = session;
        this.book = book;
        this.key = key;
        this.leaseId = leaseId;
    }

    static AbandonedOwner holding(LedgerDesk desk, LimitedKey key, Duration lease, Charge reserved)
            throws SQLException {
        return tryHolding(desk, key, lease, reserved).orElseThrow();
    }

    /** Empty when it was refused. */
    static Optional<AbandonedOwner> tryHolding(LedgerDesk desk, LimitedKey key, Duration lease, Charge reserved)
            throws SQLException {
        LimitRequest request = new LimitRequest(key, reserved, () -> {});
        return tryHolding(desk, key, lease, book -> new Asked(request, decision -> {}, 0));
    }

    /** An allotment. */
    static AbandonedOwner holdingAhead(
            LedgerDesk desk, LimitedKey key, Duration lease, int calls, int requests, Charge reserved)
            throws SQLException {
        return tryHoldingAhead(desk, key, lease, calls, requests, reserved).orElseThrow();
    }

    /** Empty when it was refused. */
    static Optional<AbandonedOwner> tryHoldingAhead(
            LedgerDesk desk, LimitedKey key, Duration lease, int calls, int requests, Charge reserved)
            throws SQLException {
        return tryHolding(
                desk,
                key,
                lease,
                book -> new AllotmentRequest(
                        new KeyDemand(key.id(), book, lease, 0), key.limits(), calls, requests, reserved));
    }

    private static Optional<AbandonedOwner> tryHolding(
            LedgerDesk desk, LimitedKey key, Duration lease, Function<LeaseBook, Acquire> acquire) throws SQLException {
        int owner = Math.toIntExact(desk.number("select nextval('owner_seq')"));
        LimitsConfig config = new LimitsConfig(LimitsConfig.Ledger.CLUSTER, lease, Duration.ZERO, true);
        LedgerSession session = LedgerSession.open(desk.database(), owner, config, System::nanoTime);
        LeaseBook book = new LeaseBook(owner, new WaitingSettlements(System::nanoTime, () -> {}), () -> {});
        Batch batch = Batch.of(List.of(acquire.apply(book)), List.of(), List.of(), book);
        Answers answers = session.decide(batch);
        if (!answers.isGranted(0)) {
            session.close();
            return Optional.empty();
        }
        return Optional.of(new AbandonedOwner(
                session, book, key, batch.leaseIds().get(0), batch.acquires().get(0), answers));
    }

    /** What the allotment is for. */
    AllotmentRequest granted() {
        return answers.granted(0, (AllotmentRequest) asked);
    }

    /** How long the allotment lasts at most. */
    long lastsMillis() {
        return answers.lastsMillis(0);
    }

    void settle(Charge used) throws SQLException {
        settle(1, used);
    }

    /** Ends the allotment while one of its calls runs on, with {@code reserved}; returns that. */
    Held settleRunning(int requests, Charge used, Charge reserved) throws SQLException {
        LimitRequest call = new LimitRequest(key, reserved, () -> {});
        Held running = new Held(book.nextId(), call, 0, false, charge -> {}, null, null, book);
        session.decide(Batch.of(
                List.of(),
                List.of(new Settlement(key.id(), leaseId, requests, used, List.of(running))),
                List.of(),
                book));
        running.entered();
        return running;
    }

    /** False when {@code lease} is gone. */
    boolean revive(Held lease) throws SQLException {
        return session.adopt(List.of(lease), 0).isEmpty();
    }

    void settle(int requests, Charge used) throws SQLException {
        Settlement settlement = new Settlement(key.id(), leaseId, requests, used, List.of());
        session.decide(Batch.of(List.of(), List.of(settlement), List.of(), book));
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
