package dev.mehari.caller;

import org.apache.camel.Exchange;

/** Keeps the bodies of calls whose key says so. Called on the request path; must not block, and not fail a call. */
@FunctionalInterface
public interface CallCapture {
    /** A call has begun that comes with a key of this policy, be it in force or not; its body is as the caller sent it. */
    void begin(Exchange exchange, CapturePolicy policy);
}
