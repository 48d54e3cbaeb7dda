/**
 * Keeps the bodies of calls where the policy of their key says so: what the caller sent and what it got, each up to a size.
 * The path of a call only copies its answer as it goes by; what is kept is sealed and written by a thread beside it, in
 * bounded memory, and dropped and counted where there is no room for it: no call ever waits for it, or fails. Which calls is
 * decided by {@link dev.mehari.caller.CapturePolicy}; how bodies are sealed, by storage. Start reading at
 * {@link dev.mehari.capture.CaptureCalls}.
 */
@NullMarked
package dev.mehari.capture;

import org.jspecify.annotations.NullMarked;
