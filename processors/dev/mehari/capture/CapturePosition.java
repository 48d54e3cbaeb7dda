package dev.mehari.capture;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a page of a search has ended; as text {@code MICROS-ID}. */
public record CapturePosition(Instant at, String requestId) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,17})-([0-9A-Za-z._-]{1,128})");

    /** Behind {@code call}. */
    public static CapturePosition of(CapturedCall call) {
        return new CapturePosition(call.at(), call.requestId());
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static CapturePosition parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be the `next` of an earlier answer");
        }
        return new CapturePosition(
                Instant.EPOCH.plus(Long.parseLong(parts.group(1)), ChronoUnit.MICROS), parts.group(2));
    }

    @Override
    public String toString() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at) + "-" + requestId;
    }
}
