package dev.mehari.caller;

import java.util.List;

/**
 * What may be used, by name: everything where the list is empty, else what matches one of its patterns. {@code *} stands for
 * any text, also none; upper and lower case are the same. A pattern costs at most its own length times that of the name.
 *
 * @param patterns as an operator wrote them, in that order
 */
public record AllowList(List<String> patterns) {
    /** Allows everything. */
    public static final AllowList ALL = new AllowList(List.of());

    /** Longer than any model or program is called; bounds the time that a hostile name takes. */
    private static final int LONGEST_NAME = 1_000;

    public AllowList {
        patterns = List.copyOf(patterns);
    }

    /** True when there is no restriction. */
    public boolean allowsAll() {
        return patterns.isEmpty();
    }

    /** True when {@code name} as a whole matches. */
    public boolean allows(String name) {
        return allowsAll()
                || (name.length() <= LONGEST_NAME
                        && patterns.stream().anyMatch(pattern -> matches(pattern, name, false)));
    }

    /** True when {@code text} begins with what matches. Of a text that is too long, only its beginning is looked at. */
    public boolean allowsBeginning(String text) {
        String begin = text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME);
        return allowsAll() || patterns.stream().anyMatch(pattern -> matches(pattern, begin, true));
    }

    /** Goes on after a {@code *} with as little as possible, and comes back to the last one with one character more. */
    private static boolean matches(String pattern, String text, boolean beginning) {
        int p = 0;
        int t = 0;
        int star = -1;
        int afterStar = 0;
        while (true) {
            if (p == pattern.length() && (beginning || t == text.length())) {
                return true;
            }
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                afterStar = t;
            } else if (p < pattern.length() && t < text.length() && same(pattern.charAt(p), text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0 && afterStar < text.length()) {
                p = star + 1;
                t = ++afterStar;
            } else {
                return false;
            }
        }
    }

    private static boolean same(char a, char b) {
        return a == b || Character.toLowerCase(a) == Character.toLowerCase(b);
    }
}
