package dev.mehari.relay;

import java.util.Map;

/** Turns failures that happen before or after the routes into answers, in the same words as the routes do. */
@FunctionalInterface
public interface FailureAnswers {
    /**
     * Words a failure.
     *
     * @param path request path as sent; empty when it could not be read
     * @param headers lower-case names of the request headers that tell the dialect, to their values
     */
    FailureAnswer answer(Throwable failure, String path, Map<String, String> headers, String requestId);

    /** An answer with a JSON body. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record FailureAnswer(int status, Map<String, String> headers, byte[] body) {}
}
