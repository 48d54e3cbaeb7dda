package dev.mehari.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.mehari.exchange.ExchangeKeys;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** Makes a meter for each answer. For any thread. */
final class AnswerMeters {
    private static final int DEEPEST = 50;

    private final JsonFactory json = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    AnswerMeter next(Exchange exchange, Message answer) {
        return AnswerMeter.of(
                text(answer, Exchange.CONTENT_TYPE),
                text(answer, Exchange.CONTENT_ENCODING),
                json,
                exchange.getProperty(ExchangeKeys.MODEL) == null);
    }

    /** What an answer of an error tells, which has arrived as a whole; null where it tells nothing. */
    @Nullable
    Reading readError(Exchange exchange, Message answer) {
        if (!(answer.getBody() instanceof byte[] body) || body.length == 0) {
            return null;
        }
        AnswerMeter meter = next(exchange, answer);
        meter.bytes(body, body.length);
        Reading reading = meter.end(true, false, 0);
        return meter.isTold() && !reading.estimated() ? reading : null;
    }

    private static @Nullable String text(Message answer, String header) {
        Object value = answer.getHeader(header);
        return value == null ? null : value.toString();
    }
}
