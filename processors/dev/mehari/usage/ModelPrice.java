package dev.mehari.usage;

/**
 * What tokens of a model cost, in micro-dollars per million tokens, which is 10^-12 USD for each: 2.50 USD per million
 * tokens are 2,500,000. Each is from 0 to {@link #GREATEST}.
 *
 * @param input neither read from a cache nor written to one
 * @param cachedInput read from the upstream's cache
 * @param cacheWrite written to the upstream's cache
 */
public record ModelPrice(ModelPattern model, long input, long cachedInput, long cacheWrite, long output) {
    /** 10,000 USD per million tokens. */
    public static final long GREATEST = 10_000_000_000L;

    private static final long PER_NANO_DOLLAR = 1000;

    public ModelPrice {
        check(input);
        check(cachedInput);
        check(cacheWrite);
        check(output);
    }

    /** Nano-dollars that a call costs, rounded half up once, from the sum. */
    public long of(TokenUsage tokens) {
        // at most 4 kinds of 10^8 tokens at 10^10: fits a long
        long sum = tokens.input() * input
                + tokens.cachedInput() * cachedInput
                + tokens.cacheWrite() * cacheWrite
                + tokens.output() * output;
        return (sum + PER_NANO_DOLLAR / 2) / PER_NANO_DOLLAR;
    }

    private static void check(long price) {
        if (price < 0 || price > GREATEST) {
            throw new IllegalArgumentException("a price is from 0 to 10000 USD per million tokens");
        }
    }
}
