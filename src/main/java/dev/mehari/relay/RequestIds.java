package dev.mehari.relay;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Names requests: by what the client calls them when that is sound, else by a random prefix per process and a counter. */
final class RequestIds {
    private static final int MAX_LENGTH = 128;
    private static final String PREFIX = prefix();
    private static final AtomicLong NEXT = new AtomicLong();

    private RequestIds() {}

    static String of(@Nullable String proposed) {
        return proposed != null && isSound(proposed)
                ? proposed
                : PREFIX.concat(Long.toString(NEXT.incrementAndGet(), Character.MAX_RADIX));
    }

    private static boolean isSound(String id) {
        // Those two cannot stand in a path (RFC 3986, section 5.2.4), so nothing of such a call could be asked for by
        // its id.
        if (id.isEmpty() || id.length() > MAX_LENGTH || id.equals(".") || id.equals("..")) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean sound = (c < 0x80 && Character.isLetterOrDigit(c)) || c == '-' || c == '_' || c == '.';
            if (!sound) {
                return false;
            }
        }
        return true;
    }

    private static String prefix() {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        return "req_" + HexFormat.of().formatHex(random);
    }
}
