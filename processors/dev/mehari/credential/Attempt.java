package dev.mehari.credential;

import dev.mehari.upstream.Upstream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One try of a call: the upstream it goes to, the credential it goes with, and the places it holds with both until it ends.
 * For any thread.
 */
public final class Attempt {
    private final Upstream upstream;
    private final @Nullable Credential credential;
    private final @Nullable String model;
    private final long startedNanos;
    private final Runnable giveBack;
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean failed;

    /**
     * A try that begins now.
     *
     * @param credential null where the upstream has none in the pool
     * @param model by the upstream's name; null when the call names none
     * @param giveBack gives the places back; run once
     */
    public Attempt(
            Upstream upstream,
            @Nullable Credential credential,
            @Nullable String model,
            long startedNanos,
            Runnable giveBack) {
        this.upstream = upstream;
        this.credential = credential;
        this.model = model;
        this.startedNanos = startedNanos;
        this.giveBack = giveBack;
    }

    public Upstream upstream() {
        return upstream;
    }

    public @Nullable Credential credential() {
        return credential;
    }

    public @Nullable String model() {
        return model;
    }

    public long startedNanos() {
        return startedNanos;
    }

    /** What it holds with the pool; null for one that the pool did not make. */
    @Nullable
    Place place() {
        return giveBack instanceof Place place ? place : null;
    }

    /**
     * The request goes out now. A try that ends without this, and without an answer, counts as not made: what it has used
     * of its credential's quota and turn is given back, and statistics do not have it.
     */
    public void sent() {
        if (giveBack instanceof Place place) {
            place.sent();
        }
    }

    /** True when the upstream has the request, or may have; false for a try that the pool did not make. */
    public boolean isSent() {
        return giveBack instanceof Place place && place.isSent();
    }

    /**
     * Notes that it has failed. True the first time only: what goes wrong while a call waits for its next try is no failure
     * of the one before. Tries follow each other, so this needs no lock.
     */
    public boolean markFailed() {
        boolean first = !failed;
        failed = true;
        return first;
    }

    /** Gives back what it holds; does nothing when it has ended already. */
    public void end() {
        if (ended.compareAndSet(false, true)) {
            giveBack.run();
        }
    }
}
