/**
 * May this request start now, must it wait, or is it refused? Decides the gateway's own concurrency and its queue: who is
 * next, for how long somebody waits, and whether waiting makes sense at all. It knows neither Camel nor HTTP, and not the
 * limits of a single key. Start reading at {@link dev.mehari.admission.AdmissionGate}; the order of the queue is in
 * {@code WaitingLine}, the forecast in {@code ServiceRate}; {@code docs/admission-report.md} shows both at work.
 */
@NullMarked
package dev.mehari.admission;

import org.jspecify.annotations.NullMarked;
