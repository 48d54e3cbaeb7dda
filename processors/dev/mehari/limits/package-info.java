/**
 * What a key may use: how many calls at once, how many per window, how many tokens and how much money. A call takes a
 * {@link dev.mehari.limits.Lease} from the {@link dev.mehari.limits.LimitLedger} before anything is spent on it, holds it
 * to its last byte and settles what it has really used. Does not know who calls, nor how usage is measured. Start reading
 * at {@link dev.mehari.limits.LimitLedger}.
 */
@NullMarked
package dev.mehari.limits;

import org.jspecify.annotations.NullMarked;
