package dev.mehari.capture;

/**
 * A call with what is kept of its bodies.
 *
 * @param request as the caller sent it; not to be changed
 * @param answer as the caller got it; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Capture(CapturedCall call, byte[] request, byte[] answer) {
    /** Bytes that it takes. */
    long bytes() {
        return (long) request.length + answer.length;
    }

    /** Does not show the bodies. */
    @Override
    public String toString() {
        return "Capture[" + call.requestId() + "]";
    }
}
