package dev.mehari.audit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses.
 *
 * @param bits so many of the first address' bits all others have, too
 */
record Network(InetAddress first, int bits) {
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9a-fA-F]*:[0-9a-fA-F:.]*");

    /** Reads {@code 10.0.0.0/8}, {@code fd00::/8} or one address; null when it is none of these. */
    static @Nullable Network parse(String text) {
        int slash = text.indexOf('/');
        InetAddress first = address(slash < 0 ? text : text.substring(0, slash));
        if (first == null) {
            return null;
        }
        int most = first.getAddress().length * Byte.SIZE;
        try {
            int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
            return bits < 0 || bits > most ? null : new Network(first, bits);
        } catch (NumberFormatException none) {
            return null;
        }
    }

    /** The address of that text; null when it is none. Asks nobody for a name. */
    static @Nullable InetAddress address(String text) {
        if (!NUMERIC.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException none) {
            return null;
        }
    }

    boolean contains(InetAddress address) {
        byte[] mine = first.getAddress();
        return mine.length == address.getAddress().length
                && Arrays.equals(masked(mine, bits), masked(address.getAddress(), bits));
    }

    /** The first {@code bits} of an address, the others 0. */
    static byte[] masked(byte[] address, int bits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.max(0, Math.min(Byte.SIZE, bits - i * Byte.SIZE));
            masked[i] = (byte) (masked[i] & (0xFF00 >> kept));
        }
        return masked;
    }
}
