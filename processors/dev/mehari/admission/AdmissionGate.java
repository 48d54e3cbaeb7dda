package dev.mehari.admission;

import dev.mehari.failure.GatewayBusy;
import dev.mehari.failure.GatewayBusy.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives out {@code maxConcurrent} permits and keeps the line of those who wait for one.
 *
 * <p>A permit that is free while nobody waits is given at once; otherwise one waits, and a permit that comes back goes to
 * the next in the {@link WaitingLine}. A waiter's deadline is the smaller of the queue timeout and its client's own. It is
 * refused on arrival when the line is full, or when {@link ServiceRate} sees no hope for its deadline, counting only those
 * who stand before it; and it never gets a permit after its deadline. No key keeps the line to itself: in a full one the
 * youngest waiter of the key that has most gives way to a key of the same priority that has fewer, and lower priorities
 * give way to higher ones while they hold more than a tenth of the places. The gate has no thread and no timer: whoever enters
 * a waiter calls {@link #expire} at its {@link Waiter#deadlineNanos()}.
 *
 * <p>All methods may be called from any thread. One lock is held for well under a microsecond at a time, never across a
 * call to a waiter.
 */
public final class AdmissionGate {
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private AdmissionLog log = new AdmissionLog();
    private final WaitingLine line;
    private final ServiceRate rate;
    private AdmissionLimits limits;
    private int maxConcurrent;
    private long queueTimeoutNanos;
    private int inUse;
    private boolean closed;

    /** @param nanoTime a clock as {@link System#nanoTime()} */
    public AdmissionGate(AdmissionLimits limits, LongSupplier nanoTime) {
        this(limits, nanoTime, new ServiceRate(ServiceRate.ENOUGH_CALLS, nanoTime.getAsLong()));
    }

    AdmissionGate(AdmissionLimits limits, LongSupplier nanoTime, ServiceRate rate) {
        this.nanoTime = nanoTime;
        this.limits = limits;
        this.maxConcurrent = limits.maxConcurrent();
        this.queueTimeoutNanos = limits.queueTimeout().toNanos();
        this.line = new WaitingLine(queueTimeoutNanos);
        this.rate = rate;
    }

    /**
     * A permit if one is free and nobody waits, else null, and nothing has happened: follow with {@link #enter}. Saves
     * making a {@link Waiter} for the many who need not wait.
     */
    public @Nullable Permit tryEnter() {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            if (closed || !isFree()) {
                return null;
            }
            log.entered++;
            log.admitted++;
            inUse++;
        } finally {
            lock.unlock();
        }
        return new Permit(this, now);
    }

    /** Asks for a permit. A waiter enters once. */
    public Admission enter(Waiter waiter) {
        Waiter displaced = null;
        GatewayBusy full;
        long now;
        lock.lock();
        try {
            // Read inside the lock: the line expects its waiters in order of time.
            now = nanoTime.getAsLong();
            log.entered++;
            if (closed) {
                log.shutDown++;
                return new Admission.Refused(shuttingDown(now));
            }
            if (isFree()) {
                log.admitted++;
                inUse++;
                return new Admission.Admitted(new Permit(this, now));
            }
            if (line.size() >= limits.maxQueue()) {
                displaced = line.givesWay(waiter.priority, waiter.key, limits.maxQueue());
                if (displaced == null) {
                    log.queueFull++;
                    return new Admission.Refused(queueFull(now));
                }
            }
            long mayWait = Math.min(queueTimeoutNanos, waiter.timeoutNanos);
            if (rate.isHopeless(line.ahead(waiter.priority, waiter.key), maxConcurrent, mayWait, now)) {
                log.deadlineUnreachable++;
                return new Admission.Refused(busy(
                        Reason.DEADLINE_UNREACHABLE, "the request could not be started within its time limit", now));
            }
            waiter.enteredNanos = now;
            waiter.deadlineNanos = now + mayWait;
            line.add(waiter);
            if (displaced == null) {
                return Admission.Waiting.INSTANCE;
            }
            line.remove(displaced);
            log.queueFull++;
            full = queueFull(now);
        } finally {
            lock.unlock();
        }
        displaced.refused(full, now - displaced.enteredNanos);
        return Admission.Waiting.INSTANCE;
    }

    /** Takes a waiter out whose client has left; false when it is not waiting (any more), then nothing happens. */
    public boolean cancel(Waiter waiter) {
        lock.lock();
        try {
            if (!line.remove(waiter)) {
                return false;
            }
            log.cancelled++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses {@code waiter} if its deadline has come. Returns the nanoseconds until then, 0 if there is nothing to wait for. */
    public long expire(Waiter waiter) {
        long now;
        GatewayBusy failure;
        lock.lock();
        try {
            now = nanoTime.getAsLong();
            if (!waiter.waiting) {
                return 0;
            }
            long left = waiter.deadlineNanos - now;
            if (left > 0) {
                return left;
            }
            line.remove(waiter);
            log.timedOut++;
            failure = timedOut(now);
        } finally {
            lock.unlock();
        }
        waiter.refused(failure, now - waiter.enteredNanos);
        return 0;
    }

    /**
     * Puts other limits in force. Fewer permits take none away: none is given until enough have come back. More permits
     * go to those who wait at once. A smaller queue keeps those who wait already, a new timeout is for newcomers.
     */
    public void apply(AdmissionLimits newLimits) {
        List<Runnable> answers;
        lock.lock();
        try {
            limits = newLimits;
            maxConcurrent = newLimits.maxConcurrent();
            queueTimeoutNanos = newLimits.queueTimeout().toNanos();
            line.queueTimeout(queueTimeoutNanos);
            answers = handOut(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
        answers.forEach(Runnable::run);
    }

    /** Its clock. */
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    public AdmissionLimits limits() {
        lock.lock();
        try {
            return limits;
        } finally {
            lock.unlock();
        }
    }

    /** Measures and counts from here on: what came before was a rehearsal. Call it while nothing runs or waits. */
    public void startOver() {
        lock.lock();
        try {
            log = new AdmissionLog();
            rate.forget();
        } finally {
            lock.unlock();
        }
    }

    public AdmissionStats stats() {
        lock.lock();
        try {
            return log.snapshot(limits, inUse, line.size());
        } finally {
            lock.unlock();
        }
    }

    /** Those who wait now, highest priority first; O(their number). */
    public List<Waiter> waiters() {
        lock.lock();
        try {
            return line.all();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait now, by key; O(keys that wait). */
    public Map<String, Integer> waitingByKey() {
        lock.lock();
        try {
            return line.byKey();
        } finally {
            lock.unlock();
        }
    }

    /** Shuts down: refuses everyone who waits and all who come. Permits given out stay valid. */
    public void close() {
        List<Waiter> waiters;
        GatewayBusy failure;
        long now;
        lock.lock();
        try {
            now = nanoTime.getAsLong();
            closed = true;
            waiters = line.all();
            waiters.forEach(line::remove);
            log.shutDown += waiters.size();
            failure = shuttingDown(now);
        } finally {
            lock.unlock();
        }
        for (Waiter waiter : waiters) {
            waiter.refused(failure, now - waiter.enteredNanos);
        }
    }

    void takeBack(long grantedNanos) {
        List<Runnable> answers;
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            inUse--;
            rate.ended(now - grantedNanos, now);
            answers = handOut(now);
        } finally {
            lock.unlock();
        }
        answers.forEach(Runnable::run);
    }

    private boolean isFree() {
        return inUse < maxConcurrent && line.isEmpty();
    }

    /** Gives free permits to the next in line; returns what to tell them once the lock is released. */
    private List<Runnable> handOut(long now) {
        List<Runnable> answers = List.of();
        while (inUse < maxConcurrent) {
            Waiter next = line.poll();
            if (next == null) {
                break;
            }
            if (answers.isEmpty()) {
                answers = new ArrayList<>(1);
            }
            long waited = now - next.enteredNanos;
            if (next.deadlineNanos - now <= 0) {
                log.timedOut++;
                GatewayBusy failure = timedOut(now);
                answers.add(() -> next.refused(failure, waited));
            } else {
                log.admittedAfter(waited);
                inUse++;
                Permit permit = new Permit(this, now);
                answers.add(() -> next.granted(permit, waited));
            }
        }
        return answers;
    }

    private GatewayBusy queueFull(long now) {
        return busy(Reason.QUEUE_FULL, "too many requests are waiting already", now);
    }

    private GatewayBusy timedOut(long now) {
        return busy(Reason.QUEUE_TIMEOUT, "no other request ended in time", now);
    }

    private GatewayBusy shuttingDown(long now) {
        return busy(Reason.SHUTTING_DOWN, "the gateway is shutting down", now);
    }

    private GatewayBusy busy(Reason reason, String why, long now) {
        return new GatewayBusy(
                reason,
                "The gateway is busy: " + why,
                rate.retryAfter(line.size(), maxConcurrent, queueTimeoutNanos, now));
    }
}
