package dev.mehari.usage;

/**
 * Tokens of one call, each kind at least 0 and at most {@link #GREATEST}. OpenAI counts cached tokens as part of the input
 * and Anthropic beside it; here they are always beside it.
 *
 * @param input read in full: neither from a cache nor written to one
 * @param cachedInput read from the upstream's cache
 * @param cacheWrite written to the upstream's cache
 * @param output generated, reasoning included
 * @param reasoning the part of {@code output} that nobody gets to see, at most {@code output}
 */
public record TokenUsage(long input, long cachedInput, long cacheWrite, long output, long reasoning) {
    /** More than any call can use; whoever says more is not believed. */
    public static final long GREATEST = 100_000_000;

    /** Nothing. */
    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0);

    public TokenUsage {
        check(input);
        check(cachedInput);
        check(cacheWrite);
        check(output);
        check(reasoning);
        if (reasoning > output) {
            throw new IllegalArgumentException("reasoning is a part of the output");
        }
    }

    /** Input of all kinds and output. */
    public long total() {
        return input + cachedInput + cacheWrite + output;
    }

    /** Both together. */
    TokenUsage plus(TokenUsage more) {
        return new TokenUsage(
                sum(input, more.input),
                sum(cachedInput, more.cachedInput),
                sum(cacheWrite, more.cacheWrite),
                sum(output, more.output),
                sum(reasoning, more.reasoning));
    }

    private static long sum(long some, long more) {
        return Math.min(some + more, GREATEST);
    }

    private static void check(long tokens) {
        if (tokens < 0 || tokens > GREATEST) {
            throw new IllegalArgumentException("tokens must be from 0 to " + GREATEST + ", not " + tokens);
        }
    }
}
