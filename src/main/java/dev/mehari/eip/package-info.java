/**
 * Camel's {@code circuitBreaker} and {@code throttle} without a held thread. Routes keep the standard YAML; binding one
 * {@link dev.mehari.eip.NonBlockingEips} makes Camel build these parts here. What YAML asks of them works as Camel documents
 * it or is refused at start. Start reading at {@link dev.mehari.eip.NonBlockingEips}.
 */
@NullMarked
package dev.mehari.eip;

import org.jspecify.annotations.NullMarked;
