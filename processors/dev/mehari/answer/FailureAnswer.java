package dev.mehari.answer;

import java.util.Map;

/**
 * A whole answer to a failed request.
 *
 * @param status HTTP status
 * @param headers everything the answer needs but {@code Content-Length} and what the connection asks for
 * @param body JSON in the caller's dialect; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, only written
public record FailureAnswer(int status, Map<String, String> headers, byte[] body) {
    public FailureAnswer {
        headers = Map.copyOf(headers);
    }
}
