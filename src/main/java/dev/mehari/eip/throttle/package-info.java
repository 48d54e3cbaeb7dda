/**
 * The {@code throttle} step: at most n exchanges in any period, per correlation key, decided in constant time without
 * blocking and with a limit that can change with every exchange. {@link dev.mehari.eip.throttle.RollingWindow} is the rule,
 * {@link dev.mehari.eip.throttle.RollingThrottler} the step; start reading at the rule.
 */
@NullMarked
package dev.mehari.eip.throttle;

import org.jspecify.annotations.NullMarked;
