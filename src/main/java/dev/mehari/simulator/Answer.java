package dev.mehari.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * The text that answers a prompt: an echo of what the user said, then a fixed sentence, repeated when a longer answer is
 * asked for. The same prompt always has the same answer.
 *
 * @param model model to answer as
 * @param tokens the text in pieces; each is one event of a stream
 * @param inputTokens tokens of the prompt
 * @param truncated whether the bound of the request ended the text
 */
record Answer(String model, List<String> tokens, int inputTokens, boolean truncated) {
    private static final int LONGEST_ECHO = 400;
    private static final List<String> FILLER =
            Tokens.split(" The simulated upstream goes on talking until it has said enough.");

    Answer {
        tokens = List.copyOf(tokens);
    }

    /** Returns the answer to {@code prompt}; {@code wanted} is its number of tokens, or 0 for what the text has. */
    static Answer to(Prompt prompt, int wanted) {
        List<String> tokens = Tokens.split("You said: \"" + echo(prompt.lastText())
                + "\". This is the simulated upstream," + " answering as " + prompt.model() + "; no model was asked.");
        int length = Math.min(wanted == 0 ? tokens.size() : wanted, prompt.maxTokens());
        boolean truncated = prompt.maxTokens() < (wanted == 0 ? tokens.size() : wanted);
        List<String> text = new ArrayList<>(tokens.subList(0, Math.min(length, tokens.size())));
        for (int i = 0; text.size() < length; i++) {
            text.add(FILLER.get(i % FILLER.size()));
        }
        return new Answer(prompt.model(), text, prompt.inputTokens(), truncated);
    }

    String text() {
        return String.join("", tokens);
    }

    int outputTokens() {
        return tokens.size();
    }

    private static String echo(String text) {
        if (text.length() <= LONGEST_ECHO) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_ECHO - 1)) ? LONGEST_ECHO - 1 : LONGEST_ECHO;
        return text.substring(0, end) + "...";
    }
}
