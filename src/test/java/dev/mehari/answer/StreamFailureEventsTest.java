package dev.mehari.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.Dialect;
import dev.mehari.failure.UpstreamBroken;
import org.junit.jupiter.api.Test;

class StreamFailureEventsTest {
    private final StreamFailureEvents events = new StreamFailureEvents();

    @Test
    void breaks_a_chat_stream_with_an_unnamed_error_event() {
        // row 27
        assertThat(event(Dialect.OPENAI, "/v1/chat/completions"))
                .isEqualTo(
                        "data: {\"error\":{\"message\":\"The upstream closed the connection.\",\"type\":\"server_error\","
                                + "\"code\":\"upstream_broken\",\"param\":null,\"request_id\":\"req-1\"}}\n\n");
    }

    @Test
    void breaks_a_responses_stream_with_that_apis_error_event() {
        assertThat(event(Dialect.OPENAI, "/v1/responses"))
                .isEqualTo(
                        "event: error\ndata: {\"type\":\"error\",\"code\":\"upstream_broken\","
                                + "\"message\":\"The upstream closed the connection.\",\"param\":null,\"sequence_number\":0}\n\n");
    }

    @Test
    void breaks_a_messages_stream_with_that_apis_error_event() {
        assertThat(event(Dialect.ANTHROPIC, "/v1/messages"))
                .isEqualTo("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                        + "\"message\":\"The upstream closed the connection.\"},\"request_id\":\"req-1\"}\n\n");
    }

    @Test
    void stays_one_event_whatever_the_message_holds() {
        byte[] event = events.forCall(Dialect.OPENAI, "/v1/chat/completions", null)
                .apply(new UpstreamBroken("two\n\ndata: lines", null));

        assertThat(new String(event, UTF_8)).containsOnlyOnce("\n\n").endsWith("\n\n");
    }

    private String event(Dialect dialect, String path) {
        var failure = new UpstreamBroken("The upstream closed the connection.", null);
        return new String(events.forCall(dialect, path, "req-1").apply(failure), UTF_8);
    }
}
