package dev.mehari.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.failure.GatewayBusy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever happens, in whatever order. Each step of a run is a number: what to do, and to whom. */
class AdmissionGateProperties {
    private final AtomicLong now = new AtomicLong();

    @Property(tries = 300)
    void nobody_is_lost_and_permits_never_exceed_the_limit(
            @ForAll @Size(max = 200) List<@IntRange(max = 9_999) Integer> steps) {
        int limit = 3;
        AdmissionGate gate = new AdmissionGate(new AdmissionLimits(limit, 8, Duration.ofSeconds(1)), now::get);
        List<String> order = new ArrayList<>();
        List<FakeWaiter> waiters = new ArrayList<>();
        List<Permit> running = new ArrayList<>();
        int seen = 0;
        int cancelled = 0;
        int refusedOnArrival = 0;
        for (int step : steps) {
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(step % 50));
            int who = step / 10;
            switch (step % 10) {
                case 0, 1, 2, 3, 4 -> {
                    String name = "k" + who % 3 + "/" + who % 10 + "/" + seen++;
                    FakeWaiter waiter = new FakeWaiter(name, "k" + who % 3, who % 10, Waiter.NO_TIMEOUT, order);
                    Admission admission = gate.enter(waiter);
                    if (admission instanceof Admission.Admitted admitted) {
                        running.add(admitted.permit());
                    } else if (admission instanceof Admission.Waiting) {
                        waiters.add(waiter);
                    } else {
                        refusedOnArrival++;
                    }
                }
                case 5, 6, 7 -> {
                    if (!running.isEmpty()) {
                        Permit permit = running.remove(who % running.size());
                        permit.close();
                        permit.close();
                    }
                }
                case 8 -> {
                    if (!waiters.isEmpty() && gate.cancel(waiters.get(who % waiters.size()))) {
                        cancelled++;
                    }
                }
                default -> waiters.forEach(gate::expire);
            }
            for (FakeWaiter waiter : waiters) {
                running.addAll(waiter.permits);
                assertThat(waiter.permits.size() + waiter.refusals.size()).isLessThanOrEqualTo(1);
                if (!waiter.permits.isEmpty()) {
                    waiter.permits.clear();
                    waiter.refusals.add(new GatewayBusy(GatewayBusy.Reason.RATE_LIMITED, "served", Duration.ZERO));
                }
            }
            AdmissionStats stats = gate.stats();
            assertThat(stats.inUse()).isEqualTo(running.size()).isLessThanOrEqualTo(limit);
            assertThat(stats.waiting() == 0 || stats.inUse() == limit)
                    .as("a permit is free while somebody waits")
                    .isTrue();
            assertThat(stats.entered())
                    .isEqualTo(stats.admitted()
                            + stats.queueRejected()
                            + stats.timedOut()
                            + stats.cancelled()
                            + stats.waiting());
            assertThat(stats.cancelled()).isEqualTo(cancelled);
            long displaced = waiters.stream()
                    .flatMap(waiter -> waiter.refusals.stream())
                    .filter(failure -> failure.reason() == GatewayBusy.Reason.QUEUE_FULL)
                    .count();
            assertThat(stats.queueRejected()).isEqualTo(refusedOnArrival + displaced);
        }
        assertInOrderInsideKeyAndPriority(order);
        running.forEach(Permit::close);
        while (gate.stats().inUse() > 0) {
            waiters.forEach(waiter -> waiter.permits.forEach(Permit::close));
        }
        assertThat(gate.stats().waiting()).isZero();
    }

    @Property(tries = 50)
    void the_line_gives_back_all_but_those_removed(
            @ForAll @Size(max = 100) List<@IntRange(max = 49) Integer> kinds,
            @ForAll @IntRange(min = 2, max = 5) int nth) {
        WaitingLine line = new WaitingLine(TimeUnit.SECONDS.toNanos(1));
        List<FakeWaiter> left = new ArrayList<>();
        for (int kind : kinds) {
            FakeWaiter waiter = FakeWaiter.of("k" + kind / 10, kind % 10);
            waiter.enteredNanos = left.size();
            line.add(waiter);
            left.add(waiter);
        }
        for (int i = left.size() - 1; i >= 0; i -= nth) {
            assertThat(line.remove(left.get(i))).isTrue();
            left.remove(i);
        }
        List<Waiter> served = new ArrayList<>();
        for (Waiter next = line.poll(); next != null; next = line.poll()) {
            served.add(next);
        }
        assertThat(served).containsExactlyInAnyOrderElementsOf(left);
        assertThat(line.isEmpty()).isTrue();
        assertThat(line.ahead(0, "k0")).isZero();
    }

    @Property(tries = 5)
    void holds_under_threads_that_enter_leave_and_change_the_limits(@ForAll @IntRange(min = 1, max = 4) int limit)
            throws Exception {
        AdmissionGate gate =
                new AdmissionGate(new AdmissionLimits(limit, 50, Duration.ofSeconds(30)), System::nanoTime);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        int each = 2_000;
        for (int thread = 0; thread < 4; thread++) {
            int key = thread;
            threads.execute(() -> {
                for (int i = 0; i < each; i++) {
                    Waiter waiter = new Waiter("k" + key, i % 10, Waiter.NO_TIMEOUT) {
                        @Override
                        protected void granted(Permit permit, long waitedNanos) {
                            threads.execute(() -> run(permit, running, most, ended));
                        }

                        @Override
                        protected void refused(GatewayBusy failure, long waitedNanos) {
                            ended.incrementAndGet();
                        }
                    };
                    Admission admission = gate.enter(waiter);
                    if (admission instanceof Admission.Admitted admitted) {
                        run(admitted.permit(), running, most, ended);
                    } else if (admission instanceof Admission.Refused || (i % 7 == 0 && gate.cancel(waiter))) {
                        ended.incrementAndGet();
                    }
                }
            });
        }
        threads.execute(() -> {
            for (int i = 0; i < 100; i++) {
                gate.apply(new AdmissionLimits(1 + i % limit, 50, Duration.ofSeconds(30)));
            }
        });
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (ended.get() < 4 * each && System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
        threads.shutdownNow();
        assertThat(ended).hasValue(4 * each);
        assertThat(most.get()).isLessThanOrEqualTo(limit);
        assertThat(gate.stats().inUse()).isZero();
        assertThat(gate.stats().waiting()).isZero();
    }

    private static void run(Permit permit, AtomicInteger running, AtomicInteger most, AtomicInteger ended) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        running.decrementAndGet();
        permit.close();
        ended.incrementAndGet();
    }

    private static void assertInOrderInsideKeyAndPriority(List<String> order) {
        Map<String, Integer> last = new HashMap<>();
        for (String name : order) {
            String line = name.substring(0, name.lastIndexOf('/'));
            int number = Integer.parseInt(name.substring(name.lastIndexOf('/') + 1));
            assertThat(last.getOrDefault(line, -1)).isLessThan(number);
            last.put(line, number);
        }
    }
}
