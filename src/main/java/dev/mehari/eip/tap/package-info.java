/**
 * A {@code wireTap} that costs a call next to nothing: instead of a copy of the exchange, what is tapped is the event of the
 * call once it has ended, which goes into the bounded queue of a {@code seda} endpoint without an exchange of its own. There
 * the events become batches. Start reading at {@link dev.mehari.eip.tap.CallTapReifier}.
 */
@NullMarked
package dev.mehari.eip.tap;

import org.jspecify.annotations.NullMarked;
