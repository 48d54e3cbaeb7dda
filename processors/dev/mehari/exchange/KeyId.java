package dev.mehari.exchange;

import org.apache.camel.Exchange;

/** The id of the caller's key as the number under which it is stored. */
public final class KeyId {
    /** Any number of so many fits into a long. */
    private static final int MOST_DIGITS = 18;

    private KeyId() {}

    /** Of the key that the call came with; 0 for who is anonymous or has shown no valid key. */
    public static long of(Exchange exchange) {
        if (!(exchange.getProperty(ExchangeKeys.KEY_ID) instanceof String id) || id.length() > MOST_DIGITS) {
            return 0;
        }
        long number = 0;
        for (int i = 0; i < id.length(); i++) {
            int digit = id.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
