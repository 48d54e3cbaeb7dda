/**
 * What calls have used: tokens read from answers as they pass, in constant memory and without changing a byte, what they
 * cost by the operators' prices, and the sums by key, model, upstream, credential and day. What an answer does not tell is estimated and marked
 * so. Does not decide who may use how much; that is {@link dev.mehari.limits}. Start reading at
 * {@link dev.mehari.usage.MeterUsage}.
 */
@NullMarked
package dev.mehari.usage;

import org.jspecify.annotations.NullMarked;
