import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * Reads HTTP/1.1 answers in whatever pieces they arrive: head, then a body of known length or of chunks. In chunked bodies it reports each
 * {@code tick-NANOS.} as soon as its last byte is there.
 */
final class AnswerReader {
    private enum Part { HEAD, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER, DONE }

    private static final String MARK = "tick-";

    private final StringBuilder line = new StringBuilder();
    private Part part = Part.HEAD;
    private int status = 200;
    private boolean chunked;
    private boolean events;
    private long left;
    private int marked;
    private long tick;

    /** Takes all of {@code bytes}; true once the answer is complete. */
    boolean read(ByteBuffer bytes, LongConsumer ticks) throws IOException {
        while (bytes.hasRemaining() && part != Part.DONE) {
            switch (part) {
                case BODY -> skip(bytes);
                case CHUNK -> chunk(bytes, ticks);
                default -> inLine(bytes.get());
            }
        }
        return part == Part.DONE;
    }

    /** Status of the answer; 200 until known. */
    int status() {
        return status;
    }

    /** Whether the body is a stream of events. */
    boolean streamed() {
        return events;
    }

    void reset() {
        part = Part.HEAD;
        chunked = false;
        events = false;
        left = 0;
    }

    private void skip(ByteBuffer bytes) {
        int count = (int) Math.min(left, bytes.remaining());
        bytes.position(bytes.position() + count);
        left -= count;
        if (left == 0) {
            part = Part.DONE;
        }
    }

    private void chunk(ByteBuffer bytes, LongConsumer ticks) {
        while (left > 0 && bytes.hasRemaining()) {
            inEvent(bytes.get(), ticks);
            left--;
        }
        if (left == 0) {
            part = Part.CHUNK_END;
        }
    }

    private void inEvent(byte next, LongConsumer ticks) {
        if (marked == MARK.length()) {
            if (next >= '0' && next <= '9') {
                tick = tick * 10 + next - '0';
            } else {
                ticks.accept(tick);
                marked = 0;
            }
        } else if (next == MARK.charAt(marked)) {
            marked++;
            tick = 0;
        } else {
            marked = next == MARK.charAt(0) ? 1 : 0;
        }
    }

    private void inLine(byte next) throws IOException {
        if (next != '\n') {
            line.append((char) next);
            return;
        }
        String text = line.toString().strip();
        line.setLength(0);
        switch (part) {
            case HEAD -> head(text.toLowerCase(java.util.Locale.ROOT));
            case CHUNK_SIZE -> {
                left = Long.parseLong(text.split(";")[0], 16);
                part = left == 0 ? Part.TRAILER : Part.CHUNK;
            }
            case CHUNK_END -> part = Part.CHUNK_SIZE;
            case TRAILER -> part = text.isEmpty() ? Part.DONE : Part.TRAILER;
            default -> throw new IOException("unexpected " + part);
        }
    }

    private void head(String text) {
        if (text.startsWith("http/1.")) {
            status = Integer.parseInt(text.substring(9, 12));
        } else if (text.startsWith("content-length:")) {
            left = Long.parseLong(text.substring(15).strip());
        } else if (text.startsWith("transfer-encoding:")) {
            chunked = true;
        } else if (text.startsWith("content-type:")) {
            events = text.contains("text/event-stream");
        } else if (text.isEmpty()) {
            part = chunked ? Part.CHUNK_SIZE : left == 0 ? Part.DONE : Part.BODY;
        }
    }
}
