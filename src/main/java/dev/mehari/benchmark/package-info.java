/**
 * A load generator for HTTP and LLM APIs: closed loop (so many connections, each sending its next request when the last is
 * answered) and open loop (a fixed schedule, whose latencies count from the time a request was due, so that a slow target
 * cannot hide behind requests not sent). One event loop does all sending and measuring. Start reading at
 * {@link dev.mehari.benchmark.LoadGenerator}, then {@code LoadRun}; {@link dev.mehari.benchmark.LoadReport} holds the rules.
 */
@NullMarked
package dev.mehari.benchmark;

import org.jspecify.annotations.NullMarked;
