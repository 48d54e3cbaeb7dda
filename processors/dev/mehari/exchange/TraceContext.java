package dev.mehari.exchange;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which trace a call belongs to, as in W3C Trace Context.
 *
 * @param traceId 32 hex digits in lower case, not all zero
 * @param spanId 16 hex digits in lower case, not all zero: the span that what is done next has as its parent
 * @param sampled true when whoever began the trace records it
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {
    /** The header that carries it from one to the next. */
    public static final String HEADER = "traceparent";

    private static final Pattern PARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?");
    /** Of version 00; later ones may have more behind it. */
    private static final int LENGTH = 55;

    private static final int LONGEST = 200;

    /** What a {@code traceparent} header says; null when there is none or it is malformed, and so to be ignored. */
    public static @Nullable TraceContext parse(@Nullable String header) {
        if (header == null || header.length() > LONGEST) {
            return null;
        }
        Matcher parts = PARENT.matcher(header);
        if (!parts.matches() || (header.startsWith("00") && header.length() != LENGTH)) {
            return null;
        }
        return new TraceContext(parts.group(1), parts.group(2), (Integer.parseInt(parts.group(3), 16) & 1) == 1);
    }

    /** As the value of a {@code traceparent} header. */
    public String header() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }
}
