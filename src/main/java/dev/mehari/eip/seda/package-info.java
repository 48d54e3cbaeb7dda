/**
 * Camel's {@code seda:} without a held thread: request-reply that returns at once and goes on when the reply is there, and
 * {@code seda:x?queue=#admissionQueue}, where an exchange starts when {@link dev.mehari.admission.AdmissionGate} gives it a
 * permit. One-way exchanges and everything a URI may ask for keep Camel's meaning, or the endpoint is refused at start
 * with what to do instead. Start reading at {@link dev.mehari.eip.seda.NonBlockingSedaComponent}.
 */
@NullMarked
package dev.mehari.eip.seda;

import org.jspecify.annotations.NullMarked;
