package dev.mehari.config;

import java.util.List;

/**
 * Where Mehari listens. Addresses are as in a URL: those of IPv6 in brackets.
 *
 * @param host address of the data port, {@code 0.0.0.0} for all
 * @param port of the data port, 0 for any free one
 * @param adminHost address of the management port
 * @param adminPort of the management port, 0 for any free one
 */
public record ListenConfig(String host, int port, String adminHost, int adminPort) {
    private static final int LAST_PORT = 65_535;
    private static final List<String> LOOPBACK = List.of("localhost", "[::1]", "[0:0:0:0:0:0:0:1]");

    public static ListenConfig from(Settings settings) {
        ListenConfig config = new ListenConfig(
                settings.host("mehari.listen.host", "0.0.0.0", "address of the data port"),
                settings.integer("mehari.listen.port", 8080, 0, LAST_PORT, "data port; 0 takes any free one"),
                settings.host("mehari.admin.host", "127.0.0.1", "address of the management port"),
                settings.integer("mehari.admin.port", 9090, 0, LAST_PORT, "management port; 0 takes any free one"));
        if (config.port != 0 && config.port == config.adminPort) {
            settings.problem("mehari.listen.port and mehari.admin.port are both " + config.port
                    + ": give the management port another one with --admin-port");
        }
        return config;
    }

    /** Where something on this machine reaches what listens at {@code host}. */
    public static String reachable(String host) {
        return host.equals("0.0.0.0") || host.equals("[::]") ? "127.0.0.1" : host;
    }

    /** True when only this machine can reach the data port. Decided by the text, without asking a name server. */
    public boolean isLoopback() {
        return LOOPBACK.contains(host) || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
