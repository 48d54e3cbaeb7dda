package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** Money as decimal text in USD, with as many decimals as it needs and two at least: {@code "5.00"}, {@code "0.0012"}. */
final class Dollars {
    /** Decimals of what is counted in nano-dollars. */
    static final int NANO = 9;

    private static final int CENTS = 2;
    private static final int LONGEST = 40;
    private static final String MALFORMED = "must be an amount in US dollars such as \"2.50\"";

    private Dollars() {}

    /** {@code amount} in units of which 10^{@code decimals} are a dollar. */
    static String text(long amount, int decimals) {
        BigDecimal dollars = BigDecimal.valueOf(amount, decimals).stripTrailingZeros();
        return dollars.setScale(Math.max(CENTS, dollars.scale())).toPlainString();
    }

    /**
     * From text or a number, in units of which 10^{@code decimals} are a dollar, from 0 to {@code most} of them.
     *
     * @throws IllegalArgumentException with what it must be, when it is no such amount
     */
    static long parse(JsonNode value, int decimals, long most) {
        String text = value.isTextual() || value.isNumber() ? value.asText().strip() : "";
        if (text.isEmpty() || text.length() > LONGEST) {
            throw new IllegalArgumentException(MALFORMED);
        }
        BigDecimal dollars;
        try {
            dollars = new BigDecimal(text);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException(MALFORMED, malformed);
        }
        BigDecimal greatest = BigDecimal.valueOf(most, decimals).stripTrailingZeros();
        if (dollars.signum() < 0 || dollars.compareTo(greatest) > 0) {
            throw new IllegalArgumentException("must be from 0 to " + greatest.toPlainString() + " US dollars");
        }
        try {
            return dollars.movePointRight(decimals).longValueExact();
        } catch (ArithmeticException tooFine) {
            throw new IllegalArgumentException("must have at most " + decimals + " digits after the point", tooFine);
        }
    }
}
