package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** Money as decimal text in USD, with as many decimals as it needs and two at least: {@code "5.00"}, {@code "0.0012"}. */
final class Dollars {
    private static final int CENTS = 2;
    private static final int LONGEST = 40;

    private Dollars() {}

    /** {@code amount} in units of which 10^{@code decimals} are a dollar. */
    static String text(long amount, int decimals) {
        BigDecimal dollars = BigDecimal.valueOf(amount, decimals).stripTrailingZeros();
        return dollars.setScale(Math.max(CENTS, dollars.scale())).toPlainString();
    }

    /** From text or a number, in units of which 10^{@code decimals} are a dollar, from 0 to {@code greatest} of them. */
    static long parse(JsonNode value, String field, int decimals, long greatest) throws WrongField {
        String text = value.isTextual() || value.isNumber() ? value.asText().strip() : "";
        if (text.matches("[0-9]{1,20}(\\.[0-9]{1,15})?") && text.length() <= LONGEST) {
            BigDecimal units = new BigDecimal(text).movePointRight(decimals).stripTrailingZeros();
            if (units.scale() <= 0 && units.compareTo(BigDecimal.valueOf(greatest)) <= 0) {
                return units.longValueExact();
            }
        }
        throw WrongField.value(
                field,
                "`" + field + "` has to be USD per million tokens such as \"2.50\", from 0 to "
                        + BigDecimal.valueOf(greatest, decimals)
                                .stripTrailingZeros()
                                .toPlainString() + " with at most "
                        + decimals + " decimals.");
    }
}
