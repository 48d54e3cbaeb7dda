package dev.mehari.credential;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes when the test says so. */
final class TestTime extends Clock {
    static final Instant START = Instant.parse("2026-11-21T08:00:00Z");

    private final AtomicLong millis = new AtomicLong(START.toEpochMilli());

    void pass(Duration time) {
        millis.addAndGet(time.toMillis());
    }

    long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(millis() - START.toEpochMilli());
    }

    @Override
    public long millis() {
        return millis.get();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
