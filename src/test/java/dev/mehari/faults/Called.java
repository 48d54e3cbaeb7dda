package dev.mehari.faults;

/**
 * One call, as its client knows it. Times are of the same clock as those of {@link Try}.
 *
 * @param call which one
 * @param stream it asked for a stream
 * @param ended when the answer had been read to its end
 * @param status 0 when there was no answer
 * @param code of the error that it was answered with; empty without one
 */
record Called(String call, boolean stream, long sent, long ended, int status, String code, Delivery delivery) {
    /** How an answer's body ended. */
    enum Delivery {
        /** With what ends it: the whole JSON document, or the stream's last event. */
        WHOLE,
        /** With an event that says that the stream failed. */
        ERROR_EVENT,
        /** In the middle, and the connection with it. */
        BROKEN,
        /** As if it were whole, but it is not; or, for a stream, without a word on what happened. */
        SILENT
    }

    boolean succeeded() {
        return status == 200 && delivery == Delivery.WHOLE;
    }
}
