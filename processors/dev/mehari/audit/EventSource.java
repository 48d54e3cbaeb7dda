package dev.mehari.audit;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Takes events in and gives them out in batches. Any thread may offer, which never blocks; one thread asks for batches. */
public interface EventSource {
    /** Of a gateway without audit: nothing comes, and nothing goes. */
    EventSource NONE = new EventSource() {
        @Override
        public void offer(AuditEvent event) {
            // nobody makes events then
        }

        @Override
        public @Nullable Object next(long patienceNanos) {
            LockSupport.parkNanos(this, patienceNanos);
            return null;
        }

        @Override
        public int waiting() {
            return 0;
        }
    };

    void offer(AuditEvent event);

    /**
     * The next batch, the body of an exchange for {@code sealEvents}. Waits for it, but not when the thread is interrupted.
     *
     * @param patienceNanos waits so long at most
     * @return null when there is nothing so far
     */
    @Nullable
    Object next(long patienceNanos);

    /** Events that wait. */
    int waiting();
}
