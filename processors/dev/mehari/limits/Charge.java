package dev.mehari.limits;

/**
 * What a call uses of its key's budgets.
 *
 * @param tokens of input and output together, at least 0
 * @param nanoDollars money in 1/1,000,000,000 USD, at least 0; 0.15 USD per million tokens are 150 for each
 */
public record Charge(long tokens, long nanoDollars) {
    /** Nothing. */
    public static final Charge NONE = new Charge(0, 0);

    public Charge {
        if (tokens < 0 || nanoDollars < 0) {
            throw new IllegalArgumentException("a charge is not negative: " + tokens + " tokens, " + nanoDollars);
        }
    }

    public Charge plus(Charge more) {
        return new Charge(tokens + more.tokens, nanoDollars + more.nanoDollars);
    }
}
