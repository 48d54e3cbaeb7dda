package dev.mehari.cli.monitor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** Notices that somebody wants it to end: SIGINT, which is what Ctrl-C sends, and SIGTERM. Any thread. */
final class Ending implements AutoCloseable {
    private static final int TERMINATED = 143;

    private final CountDownLatch over = new CountDownLatch(1);
    private final @Nullable Object previousInterrupt;
    private final @Nullable Object previousTerminate;
    private volatile int exitCode;

    /** @param hurry wakes whoever waits for something else */
    Ending(Runnable hurry) {
        previousInterrupt = Signals.register("INT", () -> end(0, hurry));
        previousTerminate = Signals.register("TERM", () -> end(TERMINATED, hurry));
    }

    private void end(int code, Runnable hurry) {
        exitCode = code;
        over.countDown();
        hurry.run();
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** True when it is over, at the latest after that time. */
    boolean await(long nanos) {
        try {
            return over.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException asGood) {
            return true;
        }
    }

    /** 0 unless it was terminated. */
    int exitCode() {
        return exitCode;
    }

    @Override
    public void close() {
        Signals.unregister("INT", previousInterrupt);
        Signals.unregister("TERM", previousTerminate);
    }
}
