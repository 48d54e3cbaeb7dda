package dev.mehari.simulator;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what {@link SimulatorStats} reports. Any thread. */
final class SimulatorCounters {
    final LongAdder connectionsAccepted = new LongAdder();
    final LongAdder connectionsOpen = new LongAdder();
    final LongAdder succeeded = new LongAdder();
    final LongAdder rateLimited = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder streamsStarted = new LongAdder();
    final LongAdder streamsCompleted = new LongAdder();
    final LongAdder streamsCut = new LongAdder();
    final LongAdder streamsAborted = new LongAdder();
    final LongAdder requestsAborted = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong inFlightPeak = new AtomicLong();

    void requestReceived() {
        requests.increment();
        long now = inFlight.incrementAndGet();
        if (now > inFlightPeak.get()) {
            inFlightPeak.accumulateAndGet(now, Math::max);
        }
    }

    void requestEnded() {
        inFlight.decrementAndGet();
    }

    SimulatorStats snapshot() {
        return new SimulatorStats(
                connectionsAccepted.sum(),
                connectionsOpen.sum(),
                requests.sum(),
                inFlight.get(),
                inFlightPeak.get(),
                succeeded.sum(),
                rateLimited.sum(),
                failed.sum(),
                streamsStarted.sum(),
                streamsCompleted.sum(),
                streamsCut.sum(),
                streamsAborted.sum(),
                requestsAborted.sum());
    }
}
