package dev.mehari.simulator;

/**
 * The events of one stream, made one by one as they are sent, so that ten thousand open streams hold no text. The script
 * has a prologue, one event per token, and an epilogue; only the tokens are paced. One event loop at a time.
 */
interface EventScript {
    /** Returns how many events come before the first token. */
    int prologue();

    /** Returns how many tokens the answer has. */
    int tokens();

    /** Returns how many events come after the last token. */
    int epilogue();

    /** Returns event {@code index}, counted from 0 over all parts, as it goes over the wire, blank line included. */
    String event(int index);

    /** Returns the event that tells of an error in the middle of the stream, as event number {@code index}. */
    String error(int index);

    default int size() {
        return prologue() + tokens() + epilogue();
    }

    /** Returns whether event {@code index} waits for its token to be made; the first token's time is the latency. */
    default boolean isPaced(int index) {
        return index > prologue() && index < prologue() + tokens();
    }
}
