package dev.mehari.config;

/**
 * Who is let in.
 *
 * @param required false lets everyone in as one anonymous caller; only where the data port listens on loopback
 */
public record AuthConfig(boolean required) {
    public static AuthConfig from(Settings settings) {
        return new AuthConfig(
                settings.flag("mehari.auth", true, "callers need a key; false only when listening on loopback"));
    }

    /** Adds the problem of an open gateway that others can reach. */
    void check(ListenConfig listen, Settings settings) {
        if (!required && !listen.isLoopback()) {
            settings.problem("--no-auth (mehari.auth=false) would let everyone in who reaches " + listen.host()
                    + ": listen on this machine only with --host 127.0.0.1, or drop --no-auth");
        }
    }
}
