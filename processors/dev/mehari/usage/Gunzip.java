package dev.mehari.usage;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks gzip of which the bytes arrive in any portions (RFC 1952; one member). Gives up on what is damaged, and beyond
 * {@value #MOST} unpacked bytes, so that a small answer cannot keep an event loop busy. Holds native memory until
 * {@link #end}.
 */
final class Gunzip {
    /** Takes unpacked bytes. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] bytes, int length);
    }

    private static final long MOST = 64L << 20;
    private static final int PORTION = 4096;
    private static final int FIXED = 10;
    private static final int FLAGS_AT = 3;
    private static final int HAS_CHECK = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;

    private enum Part {
        FIXED,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        CHECK,
        DATA,
        DONE,
        GIVEN_UP
    }

    private final Inflater inflater = new Inflater(true);
    private final byte[] unpacked = new byte[PORTION];
    private Part part = Part.FIXED;
    private int flags;
    private int seen;
    private int extra;
    private long total;
    private boolean ended;

    void next(byte[] bytes, int length, Sink sink) {
        int at = 0;
        while (at < length && part.compareTo(Part.DATA) < 0) {
            head(bytes[at++] & 0xff);
        }
        if (part == Part.DATA && at < length && !ended) {
            inflate(bytes, at, length - at, sink);
        }
    }

    private void inflate(byte[] bytes, int from, int length, Sink sink) {
        inflater.setInput(bytes, from, length);
        try {
            while (part == Part.DATA) {
                int got = inflater.inflate(unpacked);
                if (got > 0) {
                    total += got;
                    sink.take(unpacked, got);
                }
                if (inflater.finished()) {
                    part = Part.DONE;
                } else if (inflater.needsDictionary() || total > MOST) {
                    part = Part.GIVEN_UP;
                } else if (got == 0) {
                    return;
                }
            }
        } catch (DataFormatException damaged) {
            part = Part.GIVEN_UP;
        }
    }

    private void head(int b) {
        seen++;
        switch (part) {
            case FIXED -> {
                if ((seen == 1 && b != 0x1f) || (seen == 2 && b != 0x8b) || (seen == 3 && b != 8)) {
                    part = Part.GIVEN_UP;
                } else if (seen == FLAGS_AT + 1) {
                    flags = b;
                } else if (seen == FIXED) {
                    after(Part.FIXED);
                }
            }
            case EXTRA_LENGTH -> {
                extra |= seen == 1 ? b : b << 8;
                if (seen == 2 && extra == 0) {
                    after(Part.EXTRA);
                } else if (seen == 2) {
                    seen = 0;
                    part = Part.EXTRA;
                }
            }
            case EXTRA -> {
                if (seen == extra) {
                    after(Part.EXTRA);
                }
            }
            case NAME, COMMENT -> {
                if (b == 0) {
                    after(part);
                }
            }
            case CHECK -> {
                if (seen == 2) {
                    after(Part.CHECK);
                }
            }
            default -> {} // the head is over
        }
    }

    /** Goes on with the first part behind {@code last} that there is. */
    private void after(Part last) {
        seen = 0;
        if (last.compareTo(Part.EXTRA_LENGTH) < 0 && (flags & HAS_EXTRA) != 0) {
            part = Part.EXTRA_LENGTH;
        } else if (last.compareTo(Part.NAME) < 0 && (flags & HAS_NAME) != 0) {
            part = Part.NAME;
        } else if (last.compareTo(Part.COMMENT) < 0 && (flags & HAS_COMMENT) != 0) {
            part = Part.COMMENT;
        } else if (last.compareTo(Part.CHECK) < 0 && (flags & HAS_CHECK) != 0) {
            part = Part.CHECK;
        } else {
            part = Part.DATA;
        }
    }

    /** Frees the memory; false when something could not be unpacked. */
    boolean end() {
        ended = true;
        inflater.end();
        return part == Part.DATA || part == Part.DONE;
    }
}
