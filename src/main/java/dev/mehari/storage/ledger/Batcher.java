package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.LimitDecision;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests, settlements and renewals to the database, all that have gathered in one round trip, on one thread and
 * one connection. A round trip begins for requests, for renewals, and for settlements that have waited for either.
 *
 * <p>States: connecting; ready (parked until there is work, or something is due); in flight; away (trying to connect every 20
 * to 200 ms). From away it first brings the database up to date ({@link CatchUp}). When the outcome of a round trip is
 * unknown, its settlements are written again, which does no harm, and its requests are asked again under new leases, after the
 * old ones have been given back.
 */
final class Batcher implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);
    private static final int MOST_ASKED = 200;
    private static final int MOST_WRITTEN = 1_000;
    /** So many full batches in a row are more than the database can take; fewer are what one slow round trip leaves behind. */
    private static final int LONG_BACKLOG = 5;

    /** When a round trip carries so much, requests, settlements and renewals, the next is to have company, too. */
    private static final int BUSY = 4;
    /** A round trip costs the database 400 us whatever is in it: then they do not follow each other faster than this. */
    static final long PACE_NANOS = Duration.ofMillis(2).toNanos();

    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(200).toNanos();
    private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int SWEEPS_PER_MINUTE = 60;
    private static final long CLOSE_PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();
    private static final String TOO_MANY = "the limits of this key cannot be checked: too many requests at once";
    private static final String CLOSING = "this instance is shutting down";

    /** Makes connections. */
    interface Sessions {
        LedgerSession open() throws SQLException;
    }

    private final Sessions sessions;
    private final WaitingRequests waiting;
    private final WaitingSettlements settlements;
    private final LeaseBook book;
    private final Allotments allotments;
    private final Mirror mirror;
    private final Outage outage;
    private final LedgerCount count;
    private final Sweeper sweeper;
    private final Renewals renewals;
    private final CatchUp catchUp;
    private final LongSupplier nanos;
    private final long tickNanos;
    private final Thread thread = new Thread(this, "mehari-ledger");

    private volatile boolean isIdle;
    private volatile boolean isClosing;
    private volatile long closeBy;
    private long nextSweep;
    private int sweeps;
    private int fullInARow;
    private long notBefore;

    Batcher(
            Sessions sessions,
            WaitingRequests waiting,
            WaitingSettlements settlements,
            LeaseBook book,
            Allotments allotments,
            Mirror mirror,
            Outage outage,
            LedgerCount count,
            Sweeper sweeper,
            Duration lease,
            LongSupplier nanos) {
        this.sessions = sessions;
        this.waiting = waiting;
        this.settlements = settlements;
        this.book = book;
        this.allotments = allotments;
        this.mirror = mirror;
        this.outage = outage;
        this.count = count;
        this.sweeper = sweeper;
        this.nanos = nanos;
        long renewAfterNanos = lease.toNanos() / 3;
        tickNanos = Math.min(SWEEP_NANOS, renewAfterNanos / 4);
        renewals = new Renewals(book, count, renewAfterNanos, tickNanos);
        catchUp = new CatchUp(book, renewals, count, nanos);
        thread.setDaemon(true);
    }

    void start() {
        nextSweep = nanos.getAsLong();
        notBefore = nextSweep;
        renewals.start(nextSweep);
        thread.start();
    }

    /** There is work. Cheap when it is at work anyway. */
    void wake() {
        if (isIdle) {
            LockSupport.unpark(thread);
        }
    }

    /** Some lease may have been taken back: all are renewed at once. */
    void renewNow() {
        renewals.ask();
        wake();
    }

    boolean isClosing() {
        return isClosing;
    }

    /** Gives everything back and ends the thread, within seconds. */
    void close() {
        closeBy = nanos.getAsLong() + CLOSE_PATIENCE_NANOS;
        allotments.close(); // first, so that what it has to write is there when the thread looks for its last work
        isClosing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofNanos(2 * CLOSE_PATIENCE_NANOS).toMillis());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    @SuppressWarnings("IllegalCatch") // a fault, whichever, must not end all decisions
    public void run() {
        long pause = FIRST_PAUSE_NANOS;
        while (!isOver()) {
            try (LedgerSession session = sessions.open()) {
                catchUp(session);
                outage.back();
                pause = FIRST_PAUSE_NANOS;
                serve(session);
            } catch (SQLException failure) {
                noteOutage(failure);
            } catch (RuntimeException | Error fault) {
                LOG.error("The ledger connects anew after a fault of its own", fault);
                outage.away();
            }
            decideForTheImpatient();
            if (!isOver()) {
                LockSupport.parkNanos(pause);
                pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
            }
        }
        refuseWaiting();
        if (hasToWrite()) {
            LOG.warn("Closed without the database: leases of this instance lapse by themselves");
        }
    }

    private boolean isOver() {
        return isClosing && (closeBy - nanos.getAsLong() < 0 || (book.size() == 0 && !hasToWrite()));
    }

    private boolean hasToWrite() {
        return !settlements.isEmpty() || book.hasGrantedAlone();
    }

    private void noteOutage(SQLException failure) {
        if (!outage.isAway()) {
            LOG.warn("The ledger's connection is lost: {}", firstLine(failure));
        }
        outage.away();
    }

    private void catchUp(LedgerSession session) throws SQLException {
        // First what runs on after its allotment, so that it is revived with the others.
        allotments.endAll();
        while (!settlements.isEmpty()) {
            fly(session, Batch.of(List.of(), settlements.take(MOST_WRITTEN), List.of(), book));
            decideForTheImpatient();
        }
        catchUp.revive(session);
        while (catchUp.enterGrantedAlone(session)) {
            decideForTheImpatient();
        }
    }

    private void serve(LedgerSession session) throws SQLException {
        while (!isOver()) {
            if (isClosing) {
                refuseWaiting();
                book.all().forEach(Held::settleAsReserved);
            }
            boolean hasWorked = catchUp.enterGrantedAlone(session);
            keepPace();
            allotments.tidy();
            Batch batch = gather();
            if (!batch.isEmpty()) {
                fly(session, batch);
                hasWorked = true;
            }
            sweepWhenDue();
            if (!hasWorked) {
                awaitWork();
            }
        }
    }

    private void keepPace() {
        while (notBefore - nanos.getAsLong() > 0 && waiting.size() < MOST_ASKED && !isClosing) {
            LockSupport.parkNanos(notBefore - nanos.getAsLong());
        }
    }

    private void awaitWork() {
        isIdle = true;
        if (waiting.isEmpty()
                && !allotments.hasRequests()
                && !book.hasGrantedAlone()
                && !renewals.isAsked()
                && !isClosing) {
            // not at all when something is due
            LockSupport.parkNanos(Math.min(tickNanos, Math.min(settlements.nanosLeft(), allotments.nanosLeft())));
        }
        isIdle = false;
    }

    private Batch gather() {
        long now = nanos.getAsLong();
        List<Acquire> acquires = new ArrayList<>();
        // Requests first: whoever has settled a call before the next one finds its place free.
        List<Asked> taken = waiting.take(MOST_ASKED);
        List<AllotmentRequest> ahead = allotments.takeRequests();
        boolean isTime = !taken.isEmpty() || !ahead.isEmpty() || settlements.nanosLeft() <= 0 || isClosing;
        List<Settlement> ended = new ArrayList<>(isTime ? settlements.take(MOST_WRITTEN) : List.of());
        Map<Long, Integer> seats = seats(ahead);
        List<Asked> riders = new ArrayList<>();
        for (Asked one : taken) {
            if (!one.claimForLedger() || answeredFromAllotment(one)) {
                continue;
            }
            if (fullInARow >= LONG_BACKLOG && now - one.askedNanos() > Outage.PATIENCE.toNanos()) {
                mirror.refuse(one, TOO_MANY);
            } else if (seats.getOrDefault(one.keyId(), 0) > 0 && one.mayRide()) {
                seats.merge(one.keyId(), -1, Integer::sum);
                riders.add(one);
            } else {
                acquires.add(one);
                ended.addAll(allotments.takeFreePlaces(one.keyId()));
            }
        }
        // Whoever waits comes before those who may call later.
        acquires.addAll(ahead);
        fullInARow = taken.size() == MOST_ASKED ? fullInARow + 1 : 0;
        // Renewals last: what is settled from now on may be renewed by this batch, since it is not in it.
        return Batch.of(acquires, ended, renewals.due(now), riders, book);
    }

    /** How many requests of each key can be taken from what is asked {@code ahead}. */
    private static Map<Long, Integer> seats(List<AllotmentRequest> ahead) {
        Map<Long, Integer> seats = new HashMap<>();
        for (AllotmentRequest request : ahead) {
            if (request.demand().isAmple()) {
                seats.put(request.keyId(), request.calls());
            }
        }
        return seats;
    }

    private boolean answeredFromAllotment(Asked asked) {
        Held drawn = allotments.drawAgain(asked.request());
        if (drawn != null) {
            count.drawn.increment();
            asked.answer(new LimitDecision.Granted(drawn));
        }
        return drawn != null;
    }

    @SuppressWarnings("IllegalCatch") // whoever is in the batch is asked again, whatever went wrong
    private void fly(LedgerSession session, Batch batch) throws SQLException {
        long sent = nanos.getAsLong();
        notBefore = batch.size() < BUSY ? sent : sent + PACE_NANOS;
        outage.flightBegins();
        Answers answers;
        try {
            answers = session.decide(batch);
        } catch (SQLException failure) {
            if (session.outlives(failure)) {
                outage.flightEnds();
                oneByOne(session, batch, failure);
                return;
            }
            askAgain(batch);
            throw failure;
        } catch (RuntimeException fault) {
            askAgain(batch);
            throw fault;
        }
        outage.flightEnds();
        count.batch(batch.size(), nanos.getAsLong() - sent);
        // Those who run on first: they may be asked for by whoever is answered.
        for (Settlement settlement : batch.settlements()) {
            for (Held lease : settlement.running()) {
                lease.entered();
                if (answers.isTakenBack(settlement)) {
                    renewals.answered(lease, false, sent);
                }
            }
        }
        tell(batch, answers, sent);
        for (Held lease : batch.renewals()) {
            renewals.answered(lease, answers.isRenewed(lease), sent);
        }
    }

    private void tell(Batch batch, Answers answers, long sent) {
        List<Asked> again = new ArrayList<>();
        for (int place = 0; place < batch.acquires().size(); place++) {
            long id = batch.leaseIds().get(place);
            if (batch.acquires().get(place) instanceof AllotmentRequest request) {
                if (answers.isGranted(place)) {
                    allotments.granted(request, answers.granted(place, request), id, sent, answers.lastsMillis(place));
                } else {
                    allotments.refused(request);
                }
            } else if (batch.acquires().get(place) instanceof Asked asked) {
                if (answers.isGranted(place)) {
                    count.granted.increment();
                    asked.answer(new LimitDecision.Granted(book.granted(
                            id, asked, sent, mirror.granted(asked.request()), allotments.demand(asked.keyId()))));
                } else if (answers.isProvisional(place) && asked.mayAskAgain(sent)) {
                    allotments.callBack(asked.keyId());
                    again.add(asked);
                } else {
                    count.refused.increment();
                    asked.answer(answers.refusal(place));
                }
            }
        }
        if (!again.isEmpty()) {
            waiting.putBack(again);
            notBefore = nanos.getAsLong() + PACE_NANOS;
        }
        waiting.putBack(batch.riders().stream()
                .filter(rider -> !answeredFromAllotment(rider))
                .toList());
    }

    private void askAgain(Batch batch) {
        List<Settlement> unused = new ArrayList<>(batch.settlements());
        List<Asked> again = new ArrayList<>(batch.riders());
        for (int place = 0; place < batch.acquires().size(); place++) {
            Acquire acquire = batch.acquires().get(place);
            unused.add(new Settlement(acquire.keyId(), batch.leaseIds().get(place), 0, Charge.NONE, List.of()));
            if (acquire instanceof Asked asked) {
                again.add(asked);
            } else if (acquire instanceof AllotmentRequest request) {
                request.demand().unknown();
            }
        }
        settlements.putBack(unused);
        waiting.putBack(again);
    }

    /** Nothing of {@code batch} has been done: the part that cannot be done must not hold up the others. */
    private void oneByOne(LedgerSession session, Batch batch, SQLException failure) throws SQLException {
        waiting.putBack(batch.riders());
        if (batch.size() == 1) {
            LOG.error("The database cannot take {}{}", batch.settlements(), batch.renewals(), failure);
            for (Acquire acquire : batch.acquires()) {
                if (acquire instanceof Asked asked) {
                    mirror.refuse(asked, "the limits of this key cannot be checked");
                } else if (acquire instanceof AllotmentRequest request) {
                    allotments.refused(request);
                }
            }
            return;
        }
        for (Settlement settlement : batch.settlements()) {
            fly(session, Batch.of(List.of(), List.of(settlement), List.of(), book));
        }
        for (Held lease : batch.renewals()) {
            fly(session, Batch.of(List.of(), List.of(), List.of(lease), book));
        }
        for (Acquire acquire : batch.acquires()) {
            fly(session, Batch.of(List.of(acquire), List.of(), List.of(), book));
        }
    }

    private void decideForTheImpatient() {
        while (outage.isPatienceOver()) {
            Asked next = waiting.poll();
            if (next == null) {
                return;
            }
            if (next.claimForLedger()) {
                mirror.decide(next);
            }
        }
    }

    private void refuseWaiting() {
        for (Asked next = waiting.poll(); next != null; next = waiting.poll()) {
            if (next.claimForLedger()) {
                mirror.refuse(next, CLOSING);
            }
        }
    }

    private void sweepWhenDue() {
        long now = nanos.getAsLong();
        if (now - nextSweep >= 0) {
            nextSweep = now + SWEEP_NANOS;
            sweeper.begin(++sweeps % SWEEPS_PER_MINUTE == 0);
        }
    }

    /** What follows it is the place in an SQL function. */
    private static String firstLine(SQLException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
