package dev.mehari.relay;

/** {@code uri-host [":" port]}, as a Host header has it (RFC 9110, section 7.2; RFC 3986, section 3.2). */
final class Authority {
    private static final String MARKS = "-._~%!$&'()*+,;=";

    private Authority() {}

    /** True also where it is empty. */
    static boolean isValid(String text) {
        int end = text.startsWith("[") ? endOfAddress(text) : endOfName(text);
        if (end < 0 || end == text.length()) {
            return end >= 0;
        }
        if (text.charAt(end) != ':') {
            return false;
        }
        for (int i = end + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static int endOfName(String text) {
        int end = 0;
        while (end < text.length() && isOfName(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Behind the bracket that closes an address; -1 where there is none. */
    private static int endOfAddress(String text) {
        int end = 1;
        while (end < text.length() && (isOfName(text.charAt(end)) || text.charAt(end) == ':')) {
            end++;
        }
        return end > 1 && end < text.length() && text.charAt(end) == ']' ? end + 1 : -1;
    }

    private static boolean isOfName(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || MARKS.indexOf(c) >= 0;
    }
}
