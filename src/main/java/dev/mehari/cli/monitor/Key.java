package dev.mehari.cli.monitor;

import java.io.IOException;
import org.jline.utils.NonBlockingReader;

/** What somebody at the terminal wants. */
enum Key {
    NONE,
    QUIT,
    UP,
    DOWN,
    NEXT,
    UPSTREAMS,
    KEYS,
    CREDENTIALS;

    private static final int CTRL_C = 3;
    private static final int ESCAPE = 27;
    /** An arrow comes as several characters at once. */
    private static final long ARROW_MILLIS = 50;

    /** The next one, or {@link #NONE} after that time; {@link #QUIT} when no more can come. */
    static Key next(NonBlockingReader reader, long millis) throws IOException {
        int typed = reader.read(millis);
        return switch (typed) {
            case 'q', 'Q', CTRL_C, NonBlockingReader.EOF -> QUIT;
            case 'u' -> UPSTREAMS;
            case 'k' -> KEYS;
            case 'c' -> CREDENTIALS;
            case '\t' -> NEXT;
            case ESCAPE -> arrow(reader);
            default -> NONE;
        };
    }

    private static Key arrow(NonBlockingReader reader) throws IOException {
        int kind = reader.read(ARROW_MILLIS);
        if (kind != '[' && kind != 'O') {
            return NONE;
        }
        return switch (reader.read(ARROW_MILLIS)) {
            case 'A' -> UP;
            case 'B' -> DOWN;
            case 'C' -> NEXT;
            default -> NONE;
        };
    }
}
