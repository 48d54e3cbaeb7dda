package dev.mehari.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * A stand-in for a tokenizer, the same for every model: a token is up to {@value #LONGEST} letters or digits together with
 * the blanks before them, or one other character with the blanks before it. English text comes to about four characters a
 * token, as it does with real ones. Tokens put together again are the text.
 */
final class Tokens {
    private static final int LONGEST = 6;

    private Tokens() {}

    static int count(String text) {
        int count = 0;
        for (int at = 0; at < text.length(); at = end(text, at)) {
            count++;
        }
        return count;
    }

    static List<String> split(String text) {
        List<String> tokens = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = end(text, at);
            tokens.add(text.substring(at, end));
            at = end;
        }
        return tokens;
    }

    private static int end(String text, int start) {
        int at = start;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        int first = at;
        while (at < text.length() && at - first < LONGEST && isWordPart(text.charAt(at))) {
            at++;
        }
        if (at > first || at == text.length()) {
            return at;
        }
        return at + Character.charCount(text.codePointAt(at));
    }

    private static boolean isWordPart(char c) {
        return c < 0x2E80 && Character.isLetterOrDigit(c);
    }
}
