/**
 * What Camel's delayed redelivery waits with: timers of the calls' own event loops in place of a thread pool. Start reading at
 * {@link dev.mehari.eip.redelivery.RedeliveryTimer}.
 */
@NullMarked
package dev.mehari.eip.redelivery;

import org.jspecify.annotations.NullMarked;
