package dev.mehari.credential.imports;

import java.util.regex.Pattern;

/** A name for an entry that somebody else chose, as it can be shown and kept: what follows its last slash. */
final class EntryName {
    private static final Pattern ODD = Pattern.compile("[^\\p{L}\\p{M}\\p{N} ._@+:#()&,-]");
    private static final int LONGEST = 80;

    private EntryName() {}

    static String of(String text) {
        return bounded(shown(text));
    }

    /** The same of a file, without its ending. */
    static String ofFile(String path) {
        String name = shown(path);
        int end = name.lastIndexOf('.');
        return bounded(end > 0 && name.length() - end <= 5 ? name.substring(0, end) : name);
    }

    private static String shown(String path) {
        String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        return ODD.matcher(name).replaceAll("_").strip();
    }

    private static String bounded(String name) {
        if (name.isEmpty()) {
            return "entry";
        }
        return name.length() <= LONGEST ? name : name.substring(0, name.offsetByCodePoints(0, countOf(name)));
    }

    private static int countOf(String text) {
        return Math.min(LONGEST, text.codePointCount(0, text.length()));
    }
}
