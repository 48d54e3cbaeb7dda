package dev.mehari.credential.imports;

import java.util.regex.Pattern;

/** A name for an entry that somebody else chose, as it can be shown and kept: its last part, without an ending. */
final class EntryName {
    private static final Pattern ODD = Pattern.compile("[^\\p{L}\\p{M}\\p{N} ._@+:#()&,-]");
    private static final int LONGEST = 80;

    private EntryName() {}

    static String of(String path) {
        String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        String plain = ODD.matcher(name).replaceAll("_").strip();
        int end = plain.lastIndexOf('.');
        String bare = end > 0 && plain.length() - end <= 5 ? plain.substring(0, end) : plain;
        if (bare.isEmpty()) {
            return "entry";
        }
        return bare.length() <= LONGEST ? bare : bare.substring(0, bare.offsetByCodePoints(0, countOf(bare)));
    }

    private static int countOf(String text) {
        return Math.min(LONGEST, text.codePointCount(0, text.length()));
    }
}
