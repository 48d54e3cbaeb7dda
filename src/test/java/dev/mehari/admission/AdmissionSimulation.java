package dev.mehari.admission;

import dev.mehari.failure.GatewayBusy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Drives an {@link AdmissionGate} on a virtual clock: clients send at random, calls take their time, timers fire on the
 * nanosecond. The same seed gives the same run.
 */
final class AdmissionSimulation {
    /** Who sends: exponential gaps, all of one key and priority. */
    record Sender(String key, int priority, double perSecond, double fromSecond) {
        Sender(String key, int priority, double perSecond) {
            this(key, priority, perSecond, 0);
        }
    }

    /** How long calls take around their mean. */
    enum Calls {
        CONSTANT,
        EXPONENTIAL,
        /** A twentieth take 10.5 times the mean, the rest half of it. */
        HEAVY_TAILED
    }

    private record Event(long nanos, long number, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
    private final SplittableRandom random = new SplittableRandom(20261120);
    private final List<Ask> asks = new ArrayList<>();
    private final AdmissionGate gate;
    private final Calls calls;
    private final double meanSeconds;
    private long now;
    private long numbers;

    AdmissionSimulation(AdmissionLimits limits, Calls calls, double meanSeconds, boolean foresees) {
        this.calls = calls;
        this.meanSeconds = meanSeconds;
        this.gate = new AdmissionGate(
                limits, () -> now, new ServiceRate(foresees ? ServiceRate.ENOUGH_CALLS : Double.POSITIVE_INFINITY, 0));
    }

    AdmissionSimulation send(Sender... senders) {
        for (Sender sender : senders) {
            arrive(sender, nanos(sender.fromSecond()));
        }
        return this;
    }

    AdmissionSimulation limits(double atSecond, int maxConcurrent) {
        at(nanos(atSecond), () -> {
            AdmissionLimits old = gate.limits();
            gate.apply(new AdmissionLimits(maxConcurrent, old.maxQueue(), old.queueTimeout()));
        });
        return this;
    }

    List<Ask> run(double seconds) {
        long end = nanos(seconds);
        for (Event next = events.poll(); next != null && next.nanos() <= end; next = events.poll()) {
            now = next.nanos();
            next.action().run();
        }
        asks.removeIf(ask -> ask.endNanos < 0);
        return asks;
    }

    private void arrive(Sender sender, long from) {
        long when = from + nanos(exponential() / sender.perSecond());
        at(when, () -> {
            new Ask(sender).enter();
            arrive(sender, when);
        });
    }

    private void at(long nanos, Runnable action) {
        events.add(new Event(nanos, numbers++, action));
    }

    private double callSeconds() {
        return switch (calls) {
            case CONSTANT -> meanSeconds;
            case EXPONENTIAL -> meanSeconds * exponential();
            case HEAVY_TAILED -> random.nextInt(20) == 0 ? 10.5 * meanSeconds : 0.5 * meanSeconds;
        };
    }

    private double exponential() {
        return -StrictMath.log(1 - random.nextDouble());
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * TimeUnit.SECONDS.toNanos(1));
    }

    /** One request and what became of it. */
    final class Ask extends Waiter {
        final Sender sender;
        final long arrivedNanos;
        long endNanos = -1;
        GatewayBusy.Reason refusal;

        Ask(Sender sender) {
            super(sender.key(), sender.priority(), NO_TIMEOUT);
            this.sender = sender;
            this.arrivedNanos = now;
            asks.add(this);
        }

        void enter() {
            Admission admission = gate.enter(this);
            if (admission instanceof Admission.Admitted admitted) {
                granted(admitted.permit(), 0);
            } else if (admission instanceof Admission.Refused refused) {
                refused(refused.failure(), 0);
            } else {
                at(deadlineNanos(), () -> gate.expire(this));
            }
        }

        boolean served() {
            return endNanos >= 0 && refusal == null;
        }

        double waitSeconds() {
            return (endNanos - arrivedNanos) / 1e9;
        }

        boolean late(Duration timeout) {
            return served() && endNanos - arrivedNanos > timeout.toNanos();
        }

        @Override
        protected void granted(Permit permit, long waitedNanos) {
            endNanos = now;
            at(now + nanos(callSeconds()), permit::close);
        }

        @Override
        protected void refused(GatewayBusy failure, long waitedNanos) {
            endNanos = now;
            refusal = failure.reason();
        }
    }
}
