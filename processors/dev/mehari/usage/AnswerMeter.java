package dev.mehari.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import dev.mehari.exchange.BodyObserver;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usage of one answer as its bytes pass. For one thread, about 1 ns a byte and {@value #PORTION} bytes of memory.
 *
 * <p>What is not told is estimated at {@value #BYTES_PER_TOKEN} bytes a token: input from the size of the request, output
 * from the text that went by since its usage was last told. Text is that of an event stream's deltas, and of all strings in a
 * JSON answer; an answer in an encoding that is not read counts with its bytes.
 */
final class AnswerMeter implements BodyObserver, JsonUsageScanner.Finder {
    static final int BYTES_PER_TOKEN = 4;
    private static final int PORTION = 2048;

    private enum Form {
        JSON,
        EVENTS,
        /** Bytes that are not understood. */
        OPAQUE
    }

    private final Form form;
    private final UsageFields fields;
    private final JsonUsageScanner scanner;
    private final EventLines events;
    private final @Nullable Gunzip gunzip;
    private final boolean wantsModel;
    private byte @Nullable [] portion;
    private @Nullable String model;
    private long bytes;
    private boolean told;
    private boolean unreadable;

    private AnswerMeter(Form form, @Nullable Gunzip gunzip, JsonFactory json, boolean wantsModel) {
        this.form = form;
        this.gunzip = gunzip;
        this.wantsModel = wantsModel;
        fields = new UsageFields(json);
        scanner = new JsonUsageScanner(this, form == Form.JSON);
        events = new EventLines(scanner);
    }

    /**
     * For an answer with these headers.
     *
     * @param type {@code Content-Type}; null when there is none
     * @param encoding {@code Content-Encoding}; null when there is none
     * @param wantsModel true to read which model the answer names
     */
    static AnswerMeter of(@Nullable String type, @Nullable String encoding, JsonFactory json, boolean wantsModel) {
        String coding = encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT);
        boolean gzip = coding.equals("gzip") || coding.equals("x-gzip");
        boolean plain = coding.isEmpty() || coding.equals("identity");
        Form form = gzip || plain ? form(type) : Form.OPAQUE;
        return new AnswerMeter(form, gzip && form != Form.OPAQUE ? new Gunzip() : null, json, wantsModel);
    }

    private static Form form(@Nullable String type) {
        String media = type == null ? "" : type.toLowerCase(Locale.ROOT);
        if (media.startsWith("text/event-stream")) {
            return Form.EVENTS;
        }
        return media.startsWith("application/json") || media.contains("+json") ? Form.JSON : Form.OPAQUE;
    }

    boolean readsEvents() {
        return form == Form.EVENTS;
    }

    @Override
    public void bytes(ByteBuffer some) {
        byte[] copy = portion;
        if (copy == null) {
            copy = new byte[PORTION];
            portion = copy;
        }
        while (some.hasRemaining()) {
            int length = Math.min(copy.length, some.remaining());
            some.get(copy, 0, length);
            bytes(copy, length);
        }
    }

    void bytes(byte[] some, int length) {
        bytes += length;
        if (form == Form.OPAQUE) {
            return;
        }
        if (gunzip != null) {
            gunzip.next(some, length, this::plain);
        } else {
            plain(some, length);
        }
    }

    private void plain(byte[] some, int length) {
        if (form == Form.EVENTS) {
            events.next(some, 0, length);
        } else {
            scanner.scan(some, 0, length);
        }
    }

    /** True once the answer has told all of its usage. */
    boolean isTold() {
        return told;
    }

    /**
     * The answer has ended. The meter takes nothing more.
     *
     * @param whole false when it was cut
     * @param expected true when the answer should tell usage, so that what it does not tell is estimated; else it is zero
     * @param requestBytes size of the request's body
     */
    Reading end(boolean whole, boolean expected, long requestBytes) {
        boolean readThrough = gunzip == null || gunzip.end();
        long text = form == Form.OPAQUE || !readThrough ? bytes : scanner.textBytes();
        boolean sound = told && fields.knowsInput() && !isOutputOpen(text) && !fields.isUnsound() && !unreadable;
        if (sound && (whole || form == Form.JSON || text == 0)) {
            return new Reading(fields.tokens(0, 0), false, model);
        }
        boolean anything = fields.knowsInput() || fields.knowsOutput();
        if (!expected && !anything && !unreadable && !fields.isUnsound()) {
            return new Reading(TokenUsage.NONE, false, model);
        }
        boolean outputTold = form == Form.JSON && fields.knowsOutput();
        return new Reading(
                fields.tokens(tokensIn(Math.max(requestBytes, 1)), outputTold ? 0 : tokensIn(text)), true, model);
    }

    /** Usage leaves open how much output there was. That of embeddings, which have none, does not name it. */
    private boolean isOutputOpen(long text) {
        return !fields.knowsOutput() && (form == Form.JSON ? fields.namesOutput() : text > 0);
    }

    /** About how many tokens {@code bytes} hold, rounded up. */
    static long tokensIn(long bytes) {
        return Math.min((bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN, TokenUsage.GREATEST);
    }

    @Override
    public boolean usage(byte[] json, int length, boolean complete) {
        if (fields.merge(json, length) && complete) {
            told = true;
        }
        return fields.tookOutput();
    }

    @Override
    public void unreadable() {
        unreadable = true;
    }

    @Override
    public void model(byte[] name, int length) {
        if (wantsModel && model == null) {
            model = new String(name, 0, length, UTF_8);
        }
    }
}
