/**
 * Spans of calls for a collector, by the conventions of OpenTelemetry: one of the server's kind for each call and one of the
 * client's kind for each try. On a call's way only ids are chosen and times noted; spans are made when it has ended, and their
 * attributes on the thread that sends them. Holds nothing of what callers and upstreams say, but for the model's name. Exists
 * only where {@code mehari.traces.endpoint} is set. Start reading at {@link dev.mehari.telemetry.traces.TraceCalls}.
 */
@NullMarked
package dev.mehari.telemetry.traces;

import org.jspecify.annotations.NullMarked;
