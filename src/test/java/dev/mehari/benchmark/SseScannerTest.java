package dev.mehari.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseScannerTest {
    private static int scan(SseScanner scanner, String text) {
        return scanner.scan(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    @Test
    void counts_events_wherever_the_bytes_are_split() {
        String stream = "event: a\ndata: {\"x\":1}\n\n: comment\n\ndata: 2\r\n\r\ndata: [DONE]\n\n";
        for (int at = 0; at <= stream.length(); at++) {
            SseScanner scanner = new SseScanner();

            int events = scan(scanner, stream.substring(0, at)) + scan(scanner, stream.substring(at));

            assertThat(events).isEqualTo(3);
            assertThat(scanner.sawEnd()).isTrue();
            assertThat(scanner.sawError()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"error\":{\"message\":\"x\"}}\n\n",
                "event: error\ndata: {}\n\n",
                "event: response.failed\ndata: {}\n\n",
                "data: {\"type\":\"error\",\"error\":{}}\n\n"
            })
    void notices_error_events(String event) {
        SseScanner scanner = new SseScanner();

        scan(scanner, event);

        assertThat(scanner.sawError()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: [DONE]\n\n",
                "event: message_stop\ndata: {}\n\n",
                "event: response.completed\ndata: {}\n\n",
                "event: response.incomplete\ndata: {}\n\n"
            })
    void notices_the_last_event_of_each_api(String event) {
        SseScanner scanner = new SseScanner();

        scan(scanner, event);

        assertThat(scanner.sawEnd()).isTrue();
    }

    @Test
    void text_about_errors_is_no_error() {
        SseScanner scanner = new SseScanner();

        scan(scanner, "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"error\\\":{\"}}]}\n\n");

        assertThat(scanner.sawError()).isFalse();
        assertThat(scanner.sawEnd()).isFalse();
    }
}
