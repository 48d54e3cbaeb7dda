package dev.mehari.simulator;

import java.time.Duration;

/**
 * How fast and how long the simulated upstream answers.
 *
 * @param latency median time until the first byte of an answer, zero or more
 * @param latencySpread standard deviation of the logarithm of the latency (log-normal); 0 answers always after exactly
 *     {@code latency}, 0.5 puts the 99th percentile at 3.2 times the median
 * @param tokensPerSecond speed at which tokens are made after the first; 0 makes them at once
 * @param sseEvents number of text events of a stream, and of tokens of every answer; 0 leaves it to the text
 * @param sseInterval time between two text events of a stream; zero leaves it to {@code tokensPerSecond}
 */
public record Pace(
        Duration latency, double latencySpread, double tokensPerSecond, int sseEvents, Duration sseInterval) {
    /** Answers at once, with as many tokens as the text has. */
    public static final Pace IMMEDIATE = new Pace(Duration.ZERO, 0, 0, 0, Duration.ZERO);

    public Pace {
        require(!latency.isNegative(), "latency must not be negative");
        require(latencySpread >= 0 && latencySpread <= 5, "latency spread must be from 0 to 5");
        require(tokensPerSecond >= 0, "tokens per second must not be negative");
        require(sseEvents >= 0, "the number of events must not be negative");
        require(!sseInterval.isNegative(), "the interval of events must not be negative");
    }

    /** Returns this pace with another latency. */
    public Pace withLatency(Duration changed) {
        return new Pace(changed, latencySpread, tokensPerSecond, sseEvents, sseInterval);
    }

    /** Returns this pace with another number of events and interval between them. */
    public Pace withEvents(int events, Duration interval) {
        return new Pace(latency, latencySpread, tokensPerSecond, events, interval);
    }

    /** Returns the latency of one request in nanoseconds, given a standard normal sample. */
    long latencyNanos(double gaussian) {
        long median = latency.toNanos();
        return latencySpread == 0 ? median : (long) (median * Math.exp(latencySpread * gaussian));
    }

    /** Returns the nanoseconds from one token to the next. */
    long tokenNanos() {
        if (!sseInterval.isZero()) {
            return sseInterval.toNanos();
        }
        return tokensPerSecond == 0 ? 0 : (long) (1e9 / tokensPerSecond);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
