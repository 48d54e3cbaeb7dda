package dev.mehari.admission;

import dev.mehari.failure.GatewayBusy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was told. */
final class FakeWaiter extends Waiter {
    final String name;
    final List<Permit> permits = new CopyOnWriteArrayList<>();
    final List<GatewayBusy> refusals = new CopyOnWriteArrayList<>();
    private final List<String> order;

    FakeWaiter(String name, String key, int priority, long timeoutNanos, List<String> order) {
        super(key, priority, timeoutNanos);
        this.name = name;
        this.order = order;
    }

    static FakeWaiter of(String key, int priority) {
        return new FakeWaiter("", key, priority, NO_TIMEOUT, new ArrayList<>());
    }

    @Override
    protected void granted(Permit permit, long waitedNanos) {
        permits.add(permit);
        order.add(name);
    }

    @Override
    protected void refused(GatewayBusy failure, long waitedNanos) {
        refusals.add(failure);
    }
}
