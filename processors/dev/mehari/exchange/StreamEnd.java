package dev.mehari.exchange;

/** How a {@link StreamBody} ended. */
public sealed interface StreamEnd {
    /** The upstream sent its last byte. */
    record Complete() implements StreamEnd {
        public static final Complete INSTANCE = new Complete();
    }

    /** We gave it up, because the client left or nobody wanted it; says nothing about the upstream. */
    record Discarded() implements StreamEnd {
        public static final Discarded INSTANCE = new Discarded();
    }

    /** The upstream broke it, or was silent for too long. */
    record Failed(Throwable cause) implements StreamEnd {}
}
