package dev.mehari.usage;

/**
 * Takes server-sent events apart, of which the bytes arrive in any portions, and hands the data of each to a
 * {@link JsonUsageScanner}. Lines end with LF, CR or CRLF; data of several lines is one document (HTML Standard, section
 * 9.2.6). Keeps no bytes.
 */
final class EventLines {
    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
    private static final int OTHER = -1;

    private final JsonUsageScanner scanner;

    /** How many bytes of {@link #DATA} the line has begun with, or {@link #OTHER}. */
    private int field;

    private boolean afterCr;

    EventLines(JsonUsageScanner scanner) {
        this.scanner = scanner;
    }

    void next(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte b = bytes[at];
            if (b == '\n' && afterCr) {
                afterCr = false;
                at++;
            } else if (b == '\n' || b == '\r') {
                endLine(b);
                at++;
            } else if (field == DATA.length || field == OTHER) {
                int end = endOfLine(bytes, at, to);
                if (field == DATA.length) {
                    scanner.scan(bytes, at, end);
                }
                afterCr = false;
                at = end;
            } else {
                field = b == DATA[field] ? field + 1 : OTHER;
                afterCr = false;
                at++;
            }
        }
    }

    private void endLine(byte by) {
        if (field == 0) {
            scanner.reset();
        }
        field = 0;
        afterCr = by == '\r';
    }

    private static int endOfLine(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
            at++;
        }
        return at;
    }
}
