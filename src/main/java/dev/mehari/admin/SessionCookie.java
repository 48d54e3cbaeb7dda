package dev.mehari.admin;

import dev.mehari.operator.SessionToken;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cookie that carries a session: for this host only, kept from scripts and from requests of other sites. */
final class SessionCookie {
    static final String NAME = "mehari_session";

    private SessionCookie() {}

    /**
     * The token in a {@code Cookie} header.
     *
     * @param header a text, several, or null
     */
    static Optional<SessionToken> read(@Nullable Object header) {
        if (header instanceof Collection<?> several) {
            return several.stream().flatMap(one -> read(one).stream()).findFirst();
        }
        if (header instanceof String text) {
            for (String cookie : text.split(";", -1)) {
                String pair = cookie.strip();
                if (pair.startsWith(NAME + "=")) {
                    return SessionToken.of(pair.substring(NAME.length() + 1));
                }
            }
        }
        return Optional.empty();
    }

    /** {@code Set-Cookie} that hands a token out. */
    static String of(SessionToken token, boolean secure) {
        return NAME + "=" + token.reveal() + attributes(secure);
    }

    /** {@code Set-Cookie} that makes a browser forget it. */
    static String none(boolean secure) {
        return NAME + "=; Max-Age=0" + attributes(secure);
    }

    private static String attributes(boolean secure) {
        return "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
    }
}
