package dev.mehari.limits;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/** A ledger that answers when the test says so, on the test's thread, as one behind a network does. */
final class LaterLedger implements LimitLedger {
    private final MemoryLedger memory;
    private final Queue<Runnable> asked = new ArrayDeque<>();

    LaterLedger(MemoryLedger memory) {
        this.memory = memory;
    }

    @Override
    public synchronized void acquire(LimitRequest request, Consumer<LimitDecision> answer) {
        asked.add(() -> answer.accept(memory.decide(request)));
    }

    synchronized int asked() {
        return asked.size();
    }

    /** Decides the oldest request that is not decided. */
    void answer() {
        Runnable next;
        synchronized (this) {
            next = asked.remove();
        }
        next.run();
    }

    @Override
    public void close() {
        memory.close();
    }
}
