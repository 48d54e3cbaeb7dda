package dev.mehari.caller;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who is counted as one client, as text: an IPv4 address such as {@code 192.0.2.1}, or the 64-bit network of an IPv6 one such
 * as {@code 20010db800010002/64}, since whoever has one address of it has all.
 */
public final class ClientNetwork {
    private static final int NETWORK_BYTES = 8;
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9a-fA-F]*:.*");
    private static final String UNKNOWN = "unknown";

    private ClientNetwork() {}

    public static String of(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES)) + "/64"
                : address.getHostAddress();
    }

    /**
     * The same for an address in text form, {@code unknown} where it is none.
     *
     * @param address numeric, so that nobody is asked for a name; null when not known
     */
    public static String of(@Nullable String address) {
        if (address == null || !NUMERIC.matcher(address).matches()) {
            return UNKNOWN;
        }
        try {
            return of(InetAddress.getByName(address));
        } catch (UnknownHostException notNumeric) {
            return UNKNOWN;
        }
    }
}
