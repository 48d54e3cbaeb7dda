/**
 * Whether a call whose try has failed is tried again, when, and how often all calls together may be. The routes'
 * {@code onException} asks; Camel's redelivery does it. Start reading at {@link dev.mehari.retry.RetryRule}; what happens on
 * each failure is in {@link dev.mehari.retry.NoteFailure}.
 */
@NullMarked
package dev.mehari.retry;

import org.jspecify.annotations.NullMarked;
