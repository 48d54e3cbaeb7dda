package dev.mehari.audit;

import dev.mehari.config.AuditConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The address that events have for a client: whole, its network only (24 bits of an IPv4 address, 48 of an IPv6 one) or none.
 * {@code X-Forwarded-For} counts only where a trusted proxy is at the other end: then the client is the last address in it
 * that is not a trusted proxy itself. For any thread.
 */
public final class ClientAddress {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final int IPV4_BITS = 24;
    private static final int IPV6_BITS = 48;

    private final AuditConfig.Client shown;
    private final List<Network> proxies;
    private volatile @Nullable Known latest;

    private record Known(InetAddress address, String text) {}

    /**
     * A rule.
     *
     * @param trustedProxies networks and addresses; what is neither is left out
     */
    public ClientAddress(AuditConfig.Client shown, List<String> trustedProxies) {
        this.shown = shown;
        List<Network> networks = new ArrayList<>();
        for (String text : trustedProxies) {
            Network network = Network.parse(text);
            if (network != null) {
                networks.add(network);
            }
        }
        proxies = List.copyOf(networks);
    }

    /** True when {@code text} is a network or an address. */
    public static boolean isNetwork(String text) {
        return Network.parse(text) != null;
    }

    /**
     * As text.
     *
     * @param peer the other end of the connection; null when it is not known
     * @param headers of the request: text, or a list of texts
     */
    @Nullable
    String of(@Nullable InetAddress peer, Function<String, @Nullable Object> headers) {
        if (shown == AuditConfig.Client.NONE || peer == null) {
            return null;
        }
        InetAddress client = peer;
        if (!proxies.isEmpty() && isTrusted(peer)) {
            client = behind(peer, headers.apply(FORWARDED_FOR));
        }
        Known known = latest;
        if (known == null || !known.address().equals(client)) {
            known = new Known(client, text(client));
            latest = known;
        }
        return known.text();
    }

    private boolean isTrusted(InetAddress address) {
        return proxies.stream().anyMatch(proxy -> proxy.contains(address));
    }

    private InetAddress behind(InetAddress peer, @Nullable Object forwarded) {
        List<String> hops = new ArrayList<>();
        for (Object line : forwarded instanceof List<?> lines ? lines : Collections.singletonList(forwarded)) {
            if (line != null) {
                hops.addAll(List.of(line.toString().split(",", -1)));
            }
        }
        Collections.reverse(hops);
        InetAddress last = peer;
        for (String hop : hops) {
            InetAddress address = Network.address(hop.strip());
            if (address == null) {
                return last;
            }
            last = address;
            if (!isTrusted(address)) {
                return last;
            }
        }
        return last;
    }

    private String text(InetAddress client) {
        if (shown == AuditConfig.Client.FULL) {
            return client.getHostAddress();
        }
        int bits = client instanceof Inet4Address ? IPV4_BITS : IPV6_BITS;
        try {
            return InetAddress.getByAddress(Network.masked(client.getAddress(), bits))
                            .getHostAddress() + "/" + bits;
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address has as many bytes as before", impossible);
        }
    }
}
