/**
 * What operators see: counts and latencies of calls, the JSON of {@code /proxy-health} and {@code /proxy-metrics}, Micrometer
 * meters and MBeans. Everything is counted once, when a call has ended, from its {@link dev.mehari.exchange.CallRecord}; the
 * state of admission, breaker, pool and settings is asked for through small interfaces and decided elsewhere. Every meter is
 * listed in {@code docs/metrics.md}. Start reading at {@link dev.mehari.telemetry.CountCall}.
 */
@NullMarked
package dev.mehari.telemetry;

import org.jspecify.annotations.NullMarked;
