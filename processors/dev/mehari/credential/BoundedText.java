package dev.mehari.credential;

/**
 * Text of which characters may be looked at only so many times, so that a regular expression that tries one way after the
 * other comes to an end. For one search.
 */
final class BoundedText implements CharSequence {
    /** There are no looks left. */
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Exhausted() {
            super("the text was looked at too often", null, false, false);
        }
    }

    private final String text;
    private int looks;

    BoundedText(String text, int looks) {
        this.text = text;
        this.looks = looks;
    }

    @Override
    public char charAt(int index) {
        if (--looks < 0) {
            throw new Exhausted();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
