package dev.mehari.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.mehari.exchange.Dialect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Error objects as the APIs write them.
 *
 * <p>Shapes and type names: platform.openai.com/docs/guides/error-codes, platform.openai.com/docs/api-reference/responses-streaming/error
 * and docs.anthropic.com/en/api/errors, read in November 2026. {@code request_id} in the OpenAI shape is ours; clients
 * ignore fields that they do not know.
 */
final class ErrorBody {
    private static final int USUAL_BYTES = 256;

    private final JsonFactory json = new JsonFactory();

    /** The whole body of an answer; also the {@code data} of an error event, except on the Responses API. */
    byte[] of(Dialect dialect, FailureRow row, @Nullable String requestId) {
        if (row.shape() == FailureRow.Shape.FLAT) {
            return flat(row, requestId);
        }
        return dialect == Dialect.ANTHROPIC ? anthropic(row, requestId) : openAi(row, requestId);
    }

    private byte[] openAi(FailureRow row, @Nullable String requestId) {
        return write(out -> {
            out.writeStartObject();
            out.writeObjectFieldStart("error");
            out.writeStringField("message", row.message());
            out.writeStringField("type", openAiType(row.status()));
            out.writeStringField("code", row.code());
            out.writeStringField("param", row.param());
            out.writeStringField("request_id", requestId);
            writeDetails(out, row);
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private byte[] flat(FailureRow row, @Nullable String requestId) {
        String words = row.code().replace('_', ' ');
        return write(out -> {
            out.writeStartObject();
            out.writeStringField("error", Character.toUpperCase(words.charAt(0)) + words.substring(1));
            out.writeStringField("message", row.message());
            writeDetails(out, row);
            out.writeStringField("request_id", requestId);
            out.writeEndObject();
        });
    }

    private byte[] anthropic(FailureRow row, @Nullable String requestId) {
        return write(out -> {
            out.writeStartObject();
            out.writeStringField("type", "error");
            out.writeObjectFieldStart("error");
            out.writeStringField("type", anthropicType(row.status()));
            out.writeStringField("message", row.message());
            writeDetails(out, row);
            out.writeEndObject();
            out.writeStringField("request_id", requestId);
            out.writeEndObject();
        });
    }

    private static void writeDetails(JsonGenerator out, FailureRow row) throws IOException {
        for (Map.Entry<String, Object> detail : row.details().entrySet()) {
            out.writeFieldName(detail.getKey());
            if (detail.getValue() instanceof List<?> several) {
                out.writeStartArray();
                for (Object one : several) {
                    out.writeString(one.toString());
                }
                out.writeEndArray();
            } else {
                out.writeObject(detail.getValue());
            }
        }
    }

    /**
     * The {@code error} event of the Responses API. Its {@code sequence_number} is 0: what the upstream numbered before is
     * not read.
     */
    byte[] responsesEvent(FailureRow row) {
        return write(out -> {
            out.writeStartObject();
            out.writeStringField("type", "error");
            out.writeStringField("code", row.code());
            out.writeStringField("message", row.message());
            out.writeStringField("param", row.param());
            out.writeNumberField("sequence_number", 0);
            out.writeEndObject();
        });
    }

    private static String openAiType(int status) {
        if (status == 402) {
            return "insufficient_quota";
        }
        if (status == 403) {
            return "permission_error";
        }
        if (status == 429) {
            return "rate_limit_error";
        }
        return status < 500 ? "invalid_request_error" : "server_error";
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    private byte[] write(Content content) {
        var bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator out = json.createGenerator(bytes)) {
            content.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private interface Content {
        void writeTo(JsonGenerator out) throws IOException;
    }
}
