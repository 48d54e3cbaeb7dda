package dev.mehari.answer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mehari.exchange.Dialect;
import dev.mehari.inspection.Endpoint;
import dev.mehari.inspection.FailureEvents;
import java.io.ByteArrayOutputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes a failure as one whole server-sent event, as the dialect's own API does when it fails in the middle of a stream.
 * The official clients raise an error for each of them. An upstream's own error keeps its words. Safe for use by many threads.
 *
 * <table>
 * <caption>Events</caption>
 * <tr><td>OpenAI, Responses</td><td>{@code event: error}, data {@code {"type":"error","code","message","param","sequence_number"}}</td></tr>
 * <tr><td>OpenAI, the rest, and plain</td><td>data {@code {"error":{...}}} without a name</td></tr>
 * <tr><td>Anthropic</td><td>{@code event: error}, data {@code {"type":"error","error":{...}}}</td></tr>
 * </table>
 */
public final class StreamFailureEvents implements FailureEvents {
    private static final byte[] NAME = "event: error\n".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);

    private final ErrorBody body = new ErrorBody();

    @Override
    public Function<Throwable, byte[]> forCall(Dialect dialect, String path, @Nullable String requestId) {
        return failure -> event(dialect, path, requestId, failure);
    }

    private byte[] event(Dialect dialect, String path, @Nullable String requestId, Throwable failure) {
        FailureRow row = FailureTable.rowFor(failure);
        UpstreamError said = UpstreamError.in(failure);
        boolean responses = dialect == Dialect.OPENAI && Endpoint.at(path) == Endpoint.RESPONSES;
        var event = new ByteArrayOutputStream();
        if (responses || dialect == Dialect.ANTHROPIC) {
            event.writeBytes(NAME);
        }
        event.writeBytes(DATA);
        if (responses) {
            event.writeBytes(body.responsesEvent(said == null ? row : said.worded(row)));
        } else {
            event.writeBytes(said == null ? body.of(dialect, row, requestId) : said.line());
        }
        event.writeBytes(END);
        return event.toByteArray();
    }
}
