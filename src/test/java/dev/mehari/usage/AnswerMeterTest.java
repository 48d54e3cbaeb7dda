package dev.mehari.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerMeterTest {
    private static final int REQUEST_BYTES = 401;
    private static final long REQUEST_TOKENS = 101;

    // row 53
    @ParameterizedTest
    @EnumSource(Answers.class)
    void reads_what_each_api_tells(Answers answer) {
        assertThat(read(answer.type, answer.text)).isEqualTo(new Reading(answer.usage, false, null));
    }

    @ParameterizedTest
    @EnumSource(Answers.class)
    void reads_the_same_wherever_the_bytes_are_split(Answers answer) {
        for (String text :
                new String[] {answer.text, answer.text.replace("\n", "\r\n"), answer.text.replace("\n", "\r")}) {
            byte[] bytes = text.getBytes(UTF_8);
            for (int at = 0; at <= bytes.length; at++) {
                AnswerMeter meter = meter(answer.type, null);
                meter.bytes(ByteBuffer.wrap(bytes, 0, at));
                meter.bytes(ByteBuffer.wrap(bytes, at, bytes.length - at));
                assertThat(end(meter, true).tokens()).as("split at %d", at).isEqualTo(answer.usage);
            }
        }
    }

    @Property(tries = 300)
    void reads_the_same_in_portions_of_any_size(
            @ForAll Answers answer,
            @ForAll boolean packed,
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 90) Integer> sizes)
            throws IOException {
        byte[] bytes = packed ? gzip(answer.text.getBytes(UTF_8)) : answer.text.getBytes(UTF_8);
        AnswerMeter meter = meter(answer.type, packed ? "gzip" : null);
        for (int at = 0, i = 0; at < bytes.length; i++) {
            int size = Math.min(sizes.get(i % sizes.size()), bytes.length - at);
            meter.bytes(ByteBuffer.wrap(bytes, at, size).asReadOnlyBuffer());
            at += size;
        }
        assertThat(end(meter, true)).isEqualTo(new Reading(answer.usage, false, null));
    }

    @Property
    void finds_the_end_of_a_text_whatever_is_in_it(
            @ForAll List<@From("pieces") String> pieces, @ForAll @IntRange(min = 1, max = 40) int portion) {
        String text = String.join("", pieces);
        byte[] bytes = ("{\"" + text + "\":1,\"content\":\"" + text + "\",\"n\":[\"" + text + "\"]"
                        + ",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}")
                .getBytes(UTF_8);
        AnswerMeter meter = meter("application/json", null);
        for (int at = 0; at < bytes.length; at += portion) {
            meter.bytes(ByteBuffer.wrap(bytes, at, Math.min(portion, bytes.length - at)));
        }

        assertThat(end(meter, true)).isEqualTo(new Reading(new TokenUsage(5, 0, 0, 6, 0), false, null));
    }

    /** Of the last, bytes are those of a quote and of a backslash but for the highest bit. */
    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of("a", "}", "\\\"", "\\\\", "\\u0022", "\u00a2", "\u071c");
    }

    @Test
    void names_the_model_where_the_request_did_not() {
        AnswerMeter meter = AnswerMeter.of("application/json", null, new JsonFactory(), true);
        meter.bytes(Answers.CHAT.text.getBytes(UTF_8), Answers.CHAT.text.length());

        assertThat(end(meter, true).model()).isEqualTo("m-2025-01-01");
    }

    @Test
    void joins_the_data_of_several_lines() {
        String event = "data: {\"usage\":\ndata: {\"prompt_tokens\":5,\ndata: \"completion_tokens\":6}}\n\n";

        assertThat(read("text/event-stream", event)).isEqualTo(new Reading(new TokenUsage(5, 0, 0, 6, 0), false, null));
    }

    @Test
    void keeps_little_of_an_event_of_megabytes() {
        AnswerMeter meter = meter("text/event-stream", null);
        meter.bytes(bytes(
                "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"output\":[\""));
        byte[] portion = "0123456789abcdef\\\"".repeat(4096).getBytes(UTF_8);
        for (int i = 0; i < 300; i++) {
            meter.bytes(ByteBuffer.wrap(portion));
        }
        meter.bytes(bytes("\"],\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n"));

        assertThat(end(meter, true)).isEqualTo(new Reading(new TokenUsage(3, 0, 0, 4, 0), false, null));
    }

    @Test
    void estimates_a_stream_that_tells_no_usage() {
        // 13 bytes of text, of which "role" is none
        String events = """
                data: {"choices":[{"delta":{"role":"assistant","content":"Hello"}}]}

                data: {"choices":[{"delta":{"tool_calls":[{"id":"abc","type":"function","function":{"name":"f","arguments":"{1234567"}}]}}]}

                data: [DONE]

                """;

        assertThat(read("text/event-stream", events))
                .isEqualTo(new Reading(new TokenUsage(REQUEST_TOKENS, 0, 0, 4, 0), true, null));
    }

    @ParameterizedTest
    @MethodSource("usageWithoutOutput")
    void estimates_the_output_of_a_stream_whose_usage_does_not_tell_it(String usage, long input) {
        String delta = "data: {\"choices\":[{\"delta\":{\"content\":\"" + "x".repeat(80) + "\"}}],\"usage\":null}\n\n";
        String events = delta.repeat(5) + "data: {\"choices\":[],\"usage\":" + usage + "}\n\ndata: [DONE]\n\n";

        assertThat(read("text/event-stream", events))
                .isEqualTo(new Reading(new TokenUsage(input, 0, 0, 100, 0), true, null));
    }

    @ParameterizedTest
    @MethodSource("usageWithoutOutput")
    void estimates_the_output_of_an_answer_whose_usage_does_not_tell_it(String usage, long input) {
        String json = "{\"choices\":[\"" + "x".repeat(400) + "\"],\"usage\":" + usage + "}";

        assertThat(read("application/json", json))
                .isEqualTo(new Reading(new TokenUsage(input, 0, 0, 100, 0), true, null));
    }

    static List<Arguments> usageWithoutOutput() {
        return List.of(
                Arguments.of("{\"prompt_tokens\":null,\"completion_tokens\":null}", REQUEST_TOKENS),
                Arguments.of("{\"prompt_tokens\":11,\"completion_tokens\":null}", 11),
                Arguments.of("{\"prompt_tokens\":\"11\",\"completion_tokens\":\"7\"}", REQUEST_TOKENS),
                Arguments.of("{\"input_tokens\":11,\"output_tokens\":-1}", 11),
                Arguments.of("{\"total_tokens\":30,\"service_tier\":\"default\"}", REQUEST_TOKENS),
                Arguments.of("{}", REQUEST_TOKENS));
    }

    @Test
    void adds_the_text_after_the_last_output_that_a_stream_told() {
        AnswerMeter meter = meter("text/event-stream", null);
        meter.bytes(bytes("""
                data: {"choices":[{"delta":{"content":"1234"}}],"usage":{"prompt_tokens":5,"completion_tokens":6}}

                data: {"choices":[{"delta":{"content":"12345678"}}],"usage":{"prompt_tokens":5,"completion_tokens":"8"}}

                """));

        assertThat(end(meter, true)).isEqualTo(new Reading(new TokenUsage(5, 0, 0, 8, 0), true, null));
    }

    @Test
    void estimates_the_output_of_a_stream_whose_usage_tells_input_only() {
        String events = """
                data: {"choices":[{"delta":{"content":"12345678"}}]}

                data: {"choices":[],"usage":{"prompt_tokens":5,"total_tokens":7}}

                """;

        assertThat(read("text/event-stream", events)).isEqualTo(new Reading(new TokenUsage(5, 0, 0, 2, 0), true, null));
    }

    @Test
    void estimates_the_rest_of_a_stream_that_was_cut() {
        String text = Answers.MESSAGE_STREAM.text;
        AnswerMeter meter = meter("text/event-stream", null);
        meter.bytes(bytes(text.substring(0, text.indexOf("event: message_delta"))));

        // 2 told with the start, and 29 bytes of text
        assertThat(end(meter, false)).isEqualTo(new Reading(new TokenUsage(472, 20, 100, 2 + 8, 0), true, null));
    }

    @Test
    void believes_a_stream_that_was_cut_after_its_usage() {
        String text = Answers.CHAT_STREAM.text;
        AnswerMeter meter = meter("text/event-stream", null);
        meter.bytes(bytes(text.substring(0, text.indexOf("data: [DONE]"))));

        assertThat(end(meter, false)).isEqualTo(new Reading(Answers.CHAT_STREAM.usage, false, null));
    }

    @Test
    void adds_the_text_after_the_last_usage_of_a_stream_that_tells_it_with_every_chunk() {
        AnswerMeter meter = meter("text/event-stream", null);
        meter.bytes(bytes("""
                data: {"usage":{"prompt_tokens":5,"completion_tokens":6}}

                data: {"choices":[{"delta":{"content":"12345678"}}]}

                """));

        assertThat(end(meter, false)).isEqualTo(new Reading(new TokenUsage(5, 0, 0, 8, 0), true, null));
    }

    @Test
    void estimates_what_is_packed_as_nobody_here_can_unpack_it() {
        AnswerMeter meter = meter("application/json", "br");
        meter.bytes(ByteBuffer.wrap(new byte[4000]));

        assertThat(end(meter, true)).isEqualTo(new Reading(new TokenUsage(REQUEST_TOKENS, 0, 0, 1000, 0), true, null));
    }

    @Test
    void estimates_what_is_not_the_gzip_that_it_says_it_is() {
        AnswerMeter meter = meter("application/json", "gzip");
        meter.bytes(bytes("{\"usage\":{\"prompt_tokens\":1}}"));

        assertThat(end(meter, true).estimated()).isTrue();
    }

    @Test
    void counts_nothing_where_no_usage_is_to_be_expected() {
        AnswerMeter meter = meter("application/json", null);
        meter.bytes(bytes("{\"ok\":true}"));

        assertThat(meter.end(true, false, 4000)).isEqualTo(new Reading(TokenUsage.NONE, false, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":2}}",
                "{\"usage\":{\"prompt_tokens\":\"12\",\"completion_tokens\":2}}",
                "{\"usage\":{\"prompt_tokens\":12.5,\"completion_tokens\":2}}",
                "{\"usage\":{\"prompt_tokens\":[[1]],\"completion_tokens\":2}}",
                "{\"usage\":{\"prompt_tokens\":99999999999999999999999999,\"completion_tokens\":2}}",
                "{\"usage\":{\"prompt_tokens\":100000001,\"completion_tokens\":2}}",
                "{\"usage\":{\"prompt_tokens\":1e400,\"completion_tokens\":2}}",
                "{\"usage\":{\"prompt_tokens\":1,\"prompt_tokens_details\":7}}",
                "{\"usage\":{\"prompt_tokens\":1,}}",
                "{\"usage\":{\"prompt_tokens\":1",
                "{\"usage\":{}}",
                "{\"usage\":[{\"prompt_tokens\":1}]}",
                "{\"usage\":{\"\\ud800\":{\"a\":[{\"b\":]}",
                "[{\"usage\":{\"prompt_tokens\":1}}]",
                "{\"a\":{\"usage\":{\"prompt_tokens\":1}}}",
                "]]]}}}\"usage\":{",
                "",
                "null",
                "\"usage"
            })
    void estimates_instead_of_believing_or_failing(String json) {
        assertThat(read("application/json", json).estimated()).isTrue();
    }

    @Test
    void is_not_deceived_by_nesting() {
        String deep = "{\"a\":" + "[".repeat(1_000_000) + "{\"usage\":{\"prompt_tokens\":1}}" + "]".repeat(1_000_000);

        assertThat(read("application/json", deep + ",\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}"))
                .isEqualTo(new Reading(new TokenUsage(7, 0, 0, 1, 0), false, null));
        assertThat(read(
                                "application/json",
                                "{\"usage\":{\"prompt_tokens\":1,\"a\":" + "[".repeat(3000) + "]".repeat(3000) + "}}")
                        .estimated())
                .isTrue();
    }

    @Test
    void does_not_read_a_usage_of_unheard_of_length() {
        String json = "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"x\":\"" + "x".repeat(5000) + "\"}}";

        assertThat(read("application/json", json).estimated()).isTrue();
    }

    @Property(tries = 500)
    void never_fails(@ForAll byte[] noise, @ForAll Answers answer, @ForAll @IntRange(max = 2000) int at) {
        byte[] bytes = answer.text.getBytes(UTF_8);
        int where = Math.min(at, bytes.length);
        for (String encoding : new String[] {null, "gzip", "br"}) {
            AnswerMeter meter = meter(answer.type, encoding);
            meter.bytes(ByteBuffer.wrap(bytes, 0, where));
            meter.bytes(ByteBuffer.wrap(noise));
            meter.bytes(ByteBuffer.wrap(bytes, where, bytes.length - where));
            assertThat(end(meter, true).tokens().total()).isNotNegative();
        }
    }

    @Test
    void never_fails_on_damaged_gzip() throws IOException {
        byte[] packed = gzip(Answers.CHAT.text.getBytes(UTF_8));
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = packed.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            AnswerMeter meter = meter("application/json", "gzip");
            meter.bytes(ByteBuffer.wrap(damaged));
            assertThat(end(meter, true).tokens().total()).isNotNegative();
        }
    }

    private static Reading read(String type, String text) {
        AnswerMeter meter = meter(type, null);
        byte[] bytes = text.getBytes(UTF_8);
        meter.bytes(bytes, bytes.length);
        return end(meter, true);
    }

    private static AnswerMeter meter(String type, String encoding) {
        return AnswerMeter.of(type, encoding, new JsonFactory(), false);
    }

    private static Reading end(AnswerMeter meter, boolean whole) {
        return meter.end(whole, true, REQUEST_BYTES);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }
}
