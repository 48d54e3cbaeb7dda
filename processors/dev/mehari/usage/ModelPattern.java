package dev.mehari.usage;

/**
 * A model's name, or many: {@code *} stands for any characters, none included. Names are told apart by case.
 *
 * @param text 1 to 100 visible characters
 */
public record ModelPattern(String text) {
    private static final char ANY = '*';

    public ModelPattern {
        if (!isValid(text)) {
            throw new IllegalArgumentException("a model is 1 to " + ModelNames.LONGEST + " characters without spaces");
        }
    }

    /** True for what can be a pattern. */
    public static boolean isValid(String text) {
        return !text.isEmpty() && ModelNames.isSound(text);
    }

    boolean isExact() {
        return text.indexOf(ANY) < 0;
    }

    /** How many characters it gives itself; of two patterns that match, that with more is meant. */
    int literals() {
        return (int) text.chars().filter(c -> c != ANY).count();
    }

    boolean matches(String model) {
        int in = 0;
        int at = 0;
        int star = -1;
        int resume = 0;
        while (at < model.length()) {
            if (in < text.length() && text.charAt(in) == ANY) {
                star = in++;
                resume = at;
            } else if (in < text.length() && text.charAt(in) == model.charAt(at)) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (in < text.length() && text.charAt(in) == ANY) {
            in++;
        }
        return in == text.length();
    }
}
