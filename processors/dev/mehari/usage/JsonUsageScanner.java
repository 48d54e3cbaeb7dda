package dev.mehari.usage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds usage in one JSON document of which the bytes arrive in any portions. It follows strings and brackets only: a
 * JSON parser that takes bytes as they come keeps whole strings, and an answer can hold one of megabytes. State is a few
 * words, and {@value #MOST_CAPTURED} bytes once there is usage.
 *
 * <p>Usage is an object named {@code usage} at the top of the document, or at the top of an object {@code response} or
 * {@code message} there, as the events of OpenAI's Responses and Anthropic's Messages have it; anywhere else, and within
 * strings, the word means nothing. Counts text on the side: all strings, or only those within a {@code delta}.
 *
 * <p>What is no JSON finds nothing or too little, and never fails.
 */
final class JsonUsageScanner {
    /** Longest usage object that is read; real ones have up to 700 bytes. */
    static final int MOST_CAPTURED = 4096;

    /** Longest model name that is read. */
    static final int MOST_NAME = 200;

    /** What was found. */
    interface Finder {
        /**
         * A whole usage object.
         *
         * @param complete false for a {@code message}'s, which speaks of its beginning only
         * @return true when it says how much output there is, so that the text before it is counted with it
         */
        boolean usage(byte[] bytes, int length, boolean complete);

        /** The usage object is too long to be read. */
        void unreadable();

        /** The model named in the document, not unescaped. */
        void model(byte[] bytes, int length);
    }

    private static final int TRACKED_DEPTH = 62;
    private static final int DEEPEST = 1 << 30;
    private static final long USAGE = name("usage");
    private static final long MODEL = name("model");
    private static final long RESPONSE = name("response");
    private static final long MESSAGE = name("message");
    private static final long DELTA = name("delta");
    private static final long TYPE = name("type");
    private static final long ROLE = name("role");
    private static final long ID = name("id");
    private static final long NAME = name("name");
    private static final long SIGNATURE = name("signature");

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long QUOTES = EACH * '"';
    private static final long BACKSLASHES = EACH * '\\';

    private final Finder finder;
    private final boolean allText;

    private int depth;
    private long objects;
    private boolean expectsName;
    private boolean inString;
    private boolean escaped;
    private boolean naming;
    private boolean text;
    private long name;
    private int deltaDepth;
    private boolean inResponse;
    private boolean inMessage;
    private long textBytes;
    private long textBeforeUsage;

    private byte[] captured = {};
    private int capturedLength;
    private int captureDepth;
    private boolean capturingName;

    /**
     * A scanner.
     *
     * @param allText counts the text of all strings, else only of those within a {@code delta}
     */
    JsonUsageScanner(Finder finder, boolean allText) {
        this.finder = finder;
        this.allText = allText;
    }

    /** A new document begins. The count of text goes on. */
    void reset() {
        depth = 0;
        objects = 0;
        expectsName = false;
        inString = false;
        escaped = false;
        naming = false;
        text = false;
        name = 0;
        deltaDepth = 0;
        inResponse = false;
        inMessage = false;
        captureDepth = 0;
        capturingName = false;
    }

    /** Bytes of text since the last usage that told of output. */
    long textBytes() {
        return textBytes;
    }

    /** Goes on with the bytes from {@code from} to before {@code to}. */
    void scan(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at = inString ? string(bytes, at, to) : structure(bytes, at, to);
        }
    }

    private int structure(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            byte b = bytes[at];
            if (captureDepth > 0) {
                capture(b);
            }
            switch (b) {
                case '"' -> {
                    beginString();
                    return at + 1;
                }
                case '{', '[' -> open(b == '{');
                case '}', ']' -> close();
                case ',' -> expectsName = isObject(depth);
                default -> {} // numbers, literals, colons, white space
            }
        }
        return to;
    }

    private void beginString() {
        inString = true;
        escaped = false;
        naming = expectsName;
        if (naming) {
            name = 0;
            return;
        }
        boolean named = isObject(depth);
        text = allText
                || (deltaDepth > 0
                        ? !named || (name != TYPE && name != ROLE && name != ID && name != NAME && name != SIGNATURE)
                        : named && name == DELTA);
        if (named && name == MODEL && captureDepth == 0 && isTop()) {
            capturingName = true;
            begin();
        }
    }

    private int string(byte[] bytes, int from, int to) {
        int at = from;
        if (escaped) {
            escaped = false;
            at++;
        }
        at = special(bytes, at, to);
        while (at < to && bytes[at] == '\\') {
            at = special(bytes, at + 2, to);
        }
        if (at >= to) {
            escaped = at > to;
            hash(bytes, from, to);
            keep(bytes, from, to);
            return to;
        }
        hash(bytes, from, at);
        endString(bytes, from, at + 1);
        return at + 1;
    }

    /**
     * Where the next quote or backslash is; else {@code to}, or {@code from} where that is beyond it. Eight bytes at a time:
     * most of an answer is text.
     */
    private static int special(byte[] bytes, int from, int to) {
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long eight = (long) EIGHT.get(bytes, at);
            long found = zeros(eight ^ QUOTES) | zeros(eight ^ BACKSLASHES);
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < to && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    /** Marks bytes that are zero by their highest bit. The lowest mark is right; those above it may be too many. */
    private static long zeros(long bytes) {
        return (bytes - EACH) & ~bytes & (EACH << 7);
    }

    /** Injective for names of up to eight bytes, which all that matter but one are. */
    private void hash(byte[] bytes, int from, int to) {
        if (naming) {
            long hash = name;
            for (int at = from; at < to; at++) {
                hash = (hash << 8 | hash >>> 56) ^ (bytes[at] & 0xff);
            }
            name = hash;
        }
    }

    private void endString(byte[] bytes, int from, int to) {
        keep(bytes, from, to);
        inString = false;
        if (naming) {
            naming = false;
            expectsName = false;
        } else if (text) {
            textBytes--; // its closing quote
        }
        if (capturingName) {
            capturingName = false;
            if (capturedLength - 1 <= MOST_NAME) {
                finder.model(captured, capturedLength - 1);
            }
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        if (!naming && text) {
            textBytes += to - from;
        }
        if (captureDepth > 0 || capturingName) {
            capture(bytes, from, to);
        }
    }

    private void open(boolean object) {
        boolean named = isObject(depth) && !expectsName;
        if (named && object && captureDepth == 0) {
            if (name == USAGE && isTop()) {
                captureDepth = depth + 1;
                textBeforeUsage = textBytes;
                begin();
                capture((byte) '{');
            } else if (depth == 1) {
                inResponse = name == RESPONSE;
                inMessage = name == MESSAGE;
            }
        }
        if (depth < DEEPEST) {
            depth++;
        }
        if (named && name == DELTA && deltaDepth == 0) {
            deltaDepth = depth;
        }
        if (depth <= TRACKED_DEPTH) {
            objects = object ? objects | 1L << depth : objects & ~(1L << depth);
        }
        expectsName = object && depth <= TRACKED_DEPTH;
    }

    private void close() {
        if (captureDepth > 0 && depth == captureDepth) {
            captureDepth = 0;
            if (capturedLength > MOST_CAPTURED) {
                finder.unreadable();
            } else {
                textBytes = finder.usage(captured, capturedLength, !inMessage) ? 0 : textBeforeUsage;
            }
        }
        if (depth == deltaDepth) {
            deltaDepth = 0;
        }
        if (depth == 2) {
            inResponse = false;
            inMessage = false;
        }
        if (depth > 0) {
            depth--;
        }
        expectsName = false;
    }

    /** At the top of the document, or of what an event carries. */
    private boolean isTop() {
        return depth == 1 || (depth == 2 && (inResponse || inMessage));
    }

    private boolean isObject(int at) {
        return at <= TRACKED_DEPTH && (objects & 1L << at) != 0 && at > 0;
    }

    private void begin() {
        capturedLength = 0;
        if (captured.length == 0) {
            captured = new byte[512];
        }
    }

    private void capture(byte b) {
        if (capturedLength < MOST_CAPTURED) {
            room(1);
            captured[capturedLength] = b;
        }
        capturedLength = Math.min(capturedLength + 1, MOST_CAPTURED + 1);
    }

    private void capture(byte[] bytes, int from, int to) {
        if (capturedLength + (to - from) > MOST_CAPTURED) {
            capturedLength = MOST_CAPTURED + 1;
            return;
        }
        room(to - from);
        System.arraycopy(bytes, from, captured, capturedLength, to - from);
        capturedLength += to - from;
    }

    private void room(int more) {
        if (capturedLength + more > captured.length) {
            captured = Arrays.copyOf(captured, Math.min(MOST_CAPTURED, 2 * (capturedLength + more)));
        }
    }

    private static long name(String text) {
        long name = 0;
        for (int i = 0; i < text.length(); i++) {
            name = (name << 8 | name >>> 56) ^ text.charAt(i);
        }
        return name;
    }
}
