package dev.mehari.caller;

import dev.mehari.failure.InvalidField;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** What the fields of a key may be. Each rule returns the value as it is to be kept, or says what is wrong with it. */
public final class KeyRules {
    public static final int LONGEST_NAME = 100;
    public static final int LONGEST_DESCRIPTION = 500;
    public static final int MOST_TAGS = 20;
    public static final int MOST_PATTERNS = 100;

    private static final int LONGEST_TAG = 50;
    private static final int LONGEST_PATTERN = 200;
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{M}\\p{N} ._@+/:#()&,-]+");
    private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LIFE = Duration.ofDays(3660);
    private static final Duration LONGEST_CAPTURE = Duration.ofDays(30);
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private KeyRules() {}

    /** Letters and digits of any script, space and {@code . _ - @ + / : # ( ) & ,}; 1 to 100 of them. */
    public static String name(String field, String name) throws InvalidField {
        return plain(field, name, LONGEST_NAME);
    }

    /** Any text that can be shown in lines, up to 500 characters. */
    public static String description(String field, String text) throws InvalidField {
        return shown(field, text, LONGEST_DESCRIPTION, c -> c == '\n' || c == '\t');
    }

    /** Any text that can be shown in a line, up to 100 characters. */
    public static String owner(String field, String text) throws InvalidField {
        return shown(field, text, LONGEST_NAME, c -> false);
    }

    /** Up to 20, each like a name, up to 50 characters; each is kept once. */
    public static List<String> tags(String field, List<String> tags) throws InvalidField {
        atMost(field, tags, MOST_TAGS);
        Set<String> kept = new LinkedHashSet<>();
        for (String tag : tags) {
            kept.add(plain(field, tag, LONGEST_TAG));
        }
        return List.copyOf(kept);
    }

    /** Up to 100 patterns of up to 200 characters. */
    public static AllowList patterns(String field, List<String> patterns) throws InvalidField {
        atMost(field, patterns, MOST_PATTERNS);
        Set<String> kept = new LinkedHashSet<>();
        for (String pattern : patterns) {
            String text = shown(field, pattern, LONGEST_PATTERN, c -> false);
            if (text.isEmpty()) {
                throw new InvalidField(field, "must not hold an empty pattern; an empty list allows everything");
            }
            kept.add(text);
        }
        return new AllowList(List.copyOf(kept));
    }

    /** A time of the years 1970 to 9999; one that is past makes the key expired. */
    public static Instant expiresAt(String field, Instant at) throws InvalidField {
        if (at.isBefore(FIRST) || at.isAfter(LAST)) {
            throw new InvalidField(field, "must be a date of the years 1970 to 9999");
        }
        return at;
    }

    /** 1 s to 3660 days. */
    public static Duration expiresAfter(String field, Duration after) throws InvalidField {
        if (after.compareTo(SHORTEST_LIFE) < 0 || after.compareTo(LONGEST_LIFE) > 0) {
            throw new InvalidField(field, "must be from 1s to 3660d");
        }
        return after;
    }

    /** 1 s to 30 days. */
    public static Duration captureFor(String field, Duration time) throws InvalidField {
        if (time.compareTo(SHORTEST_LIFE) < 0 || time.compareTo(LONGEST_CAPTURE) > 0) {
            throw new InvalidField(field, "must be from 1s to 30d");
        }
        return time;
    }

    /** A time of the 30 days after {@code now}. */
    public static Instant captureUntil(String field, Instant until, Instant now) throws InvalidField {
        if (!until.isAfter(now) || until.isAfter(now.plus(LONGEST_CAPTURE))) {
            throw new InvalidField(field, "must be a time of the next 30 days");
        }
        return until;
    }

    private static String plain(String field, String text, int most) throws InvalidField {
        String kept = Normalizer.normalize(text, Normalizer.Form.NFC).strip();
        int length = kept.codePointCount(0, kept.length());
        if (length < 1 || length > most) {
            throw new InvalidField(field, "must have 1 to " + most + " characters");
        }
        if (!NAME.matcher(kept).matches()) {
            throw new InvalidField(field, "may hold letters, digits, spaces and . _ - @ + / : # ( ) & , only");
        }
        return kept;
    }

    private static String shown(String field, String text, int most, IntPredicate layout) throws InvalidField {
        String kept = text.strip();
        if (kept.codePointCount(0, kept.length()) > most) {
            throw new InvalidField(field, "must have at most " + most + " characters");
        }
        if (!kept.codePoints().allMatch(c -> layout.test(c) || isShown(c))) {
            throw new InvalidField(field, "must not hold control characters");
        }
        return kept;
    }

    private static boolean isShown(int codePoint) {
        int type = Character.getType(codePoint);
        return type != Character.CONTROL
                && type != Character.SURROGATE
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    private static void atMost(String field, List<String> list, int most) throws InvalidField {
        if (list.size() > most) {
            throw new InvalidField(field, "must have at most " + most + " entries");
        }
    }
}
