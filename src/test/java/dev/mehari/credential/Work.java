package dev.mehari.credential;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Work that is done when the test says so, or at once. */
final class Work implements Executor {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean atOnce;
    boolean isBroken;

    static Work atOnce() {
        Work work = new Work();
        work.atOnce = true;
        return work;
    }

    @Override
    public void execute(Runnable task) {
        if (isBroken) {
            throw new IllegalStateException("work is broken");
        }
        if (atOnce) {
            task.run();
        } else {
            waiting.add(task);
        }
    }

    /** Does one piece. */
    void one() {
        waiting.remove().run();
    }

    /** Does all there is, and what comes of it. */
    void all() {
        while (!waiting.isEmpty()) {
            one();
        }
    }

    int waiting() {
        return waiting.size();
    }
}
