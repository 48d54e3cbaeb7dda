package dev.mehari.admin;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Who is counted as one client: an IPv4 address, or the 64-bit network of an IPv6 one, all of which one client may use. */
final class ClientNetwork {
    private static final int NETWORK_BYTES = 8;

    private ClientNetwork() {}

    /**
     * The text under which to count.
     *
     * @param address numeric, so that nobody is asked for a name; null when not known
     */
    static String of(@Nullable String address) {
        if (address == null
                || address.isEmpty()
                || !(Character.digit(address.charAt(0), 16) >= 0 || address.startsWith(":"))) {
            return "unknown";
        }
        try {
            InetAddress parsed = InetAddress.getByName(address);
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES)) + "/64"
                    : parsed.getHostAddress();
        } catch (UnknownHostException notNumeric) {
            return "unknown";
        }
    }
}
