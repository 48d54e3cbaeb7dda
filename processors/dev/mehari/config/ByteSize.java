package dev.mehari.config;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of bytes, written {@code 12000000}, {@code 64KiB}, {@code 12MB}: {@code KB MB GB} are powers of 1000 and
 * {@code KiB MiB GiB} of 1024.
 *
 * @param bytes at least 0
 */
public record ByteSize(long bytes) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*([kmg]?i?b)?");
    private static final Map<String, Long> FACTORS = Map.of(
            "b",
            1L,
            "kb",
            1_000L,
            "mb",
            1_000_000L,
            "gb",
            1_000_000_000L,
            "kib",
            1L << 10,
            "mib",
            1L << 20,
            "gib",
            1L << 30);

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is at least 0 bytes, not " + bytes);
        }
    }

    /**
     * Reads a size.
     *
     * @throws IllegalArgumentException when {@code text} is no size; the message says how to write one
     */
    public static ByteSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        Long factor = matcher.matches() ? FACTORS.get(matcher.group(2) == null ? "b" : matcher.group(2)) : null;
        if (factor == null) {
            throw new IllegalArgumentException("write a size such as 64KiB, 12MB or 12000000");
        }
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor.longValue()));
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("is too large", tooLarge);
        }
    }
}
