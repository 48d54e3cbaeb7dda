package dev.mehari.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@link LlmStub} writes, in OpenAI's dialect and in Anthropic's. */
final class LlmAnswers {
    private static final List<String> WORDS = List.of("To ", "you, ", "good ", "day.");

    private LlmAnswers() {}

    private static boolean isAnthropic(LlmStub.Use use) {
        return use.request().uri().startsWith("/v1/messages");
    }

    static String models() {
        return "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}";
    }

    static String whole(LlmStub.Use use) {
        String text = use.wanted().isEmpty() ? String.join("", WORDS) : use.wanted();
        return isAnthropic(use)
                ? "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"" + use.model()
                        + "\",\"content\":[{\"type\":\"text\",\"text\":\"" + text
                        + "\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":9,\"output_tokens\":4}}"
                : "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"" + use.model()
                        + "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                        + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,"
                        + "\"total_tokens\":13}}";
    }

    /** SSE events, blank line included. */
    static List<String> events(LlmStub.Use use) {
        List<String> events = new ArrayList<>();
        if (isAnthropic(use)) {
            events.add(named(
                    "message_start",
                    "\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\""
                            + ",\"model\":\"" + use.model() + "\",\"content\":[],\"usage\":{\"input_tokens\":9,"
                            + "\"output_tokens\":1}}"));
            events.add(named("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"));
            for (String word : WORDS) {
                events.add(named(
                        "content_block_delta",
                        "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + word + "\"}"));
            }
            events.add(named("content_block_stop", "\"index\":0"));
            events.add(
                    named("message_delta", "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":4}"));
            events.add("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
            return events;
        }
        for (String word : WORDS) {
            events.add(chunk(use, "{\"content\":\"" + word + "\"}", "null"));
        }
        events.add(chunk(use, "{}", "\"stop\""));
        events.add("data: [DONE]\n\n");
        return events;
    }

    private static String named(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
    }

    private static String chunk(LlmStub.Use use, String delta, String finish) {
        return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\""
                + use.model() + "\",\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finish
                + "}]}\n\n";
    }

    static void cut(LlmStub.Use use, int bytes, StubUpstream.Reply reply) {
        if (use.stream()) {
            String all = String.join("", events(use));
            String some = all.substring(0, Math.floorMod(bytes, all.length()));
            reply.sse();
            if (!some.isEmpty()) {
                reply.chunk(some);
            }
        } else {
            String all = whole(use);
            reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + all.length()
                    + "\r\n\r\n" + all.substring(0, Math.floorMod(bytes, all.length())));
        }
        reply.done().close();
    }

    static void refuse(LlmStub.Refuse refuse, String model, StubUpstream.Reply reply) {
        Duration wait = refuse.pause();
        Instant reset = Instant.now().plus(wait);
        String body = error(refuse.status());
        switch (refuse.hint()) {
            case NONE -> reply.json(refuse.status(), body);
            case RETRY_AFTER ->
                reply.json(refuse.status(), body, "Retry-After", Long.toString((wait.toMillis() + 999) / 1000));
            case RETRY_AFTER_DATE ->
                reply.json(
                        refuse.status(),
                        body,
                        "Retry-After",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(reset.plusMillis(999)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .atOffset(ZoneOffset.UTC)));
            case RETRY_AFTER_MS -> reply.json(refuse.status(), body, "retry-after-ms", Long.toString(wait.toMillis()));
            case OPENAI ->
                reply.json(
                        refuse.status(),
                        body,
                        "x-ratelimit-limit-requests",
                        "60",
                        "x-ratelimit-remaining-requests",
                        "0",
                        "x-ratelimit-reset-requests",
                        asOpenAiWritesIt(wait));
            case ANTHROPIC ->
                reply.json(
                        refuse.status(),
                        body,
                        "anthropic-ratelimit-requests-remaining",
                        "0",
                        "anthropic-ratelimit-requests-reset",
                        reset.truncatedTo(ChronoUnit.MILLIS).toString());
            case QUOTA_RESET ->
                reply.json(
                        refuse.status(),
                        "{\"error\":{\"code\":" + refuse.status()
                                + ",\"message\":\"You have exhausted your capacity on this"
                                + " model.\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":"
                                + "\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"QUOTA_EXHAUSTED\","
                                + "\"metadata\":{\"model\":\"" + model + "\",\"quotaResetTimeStamp\":\""
                                + reset.truncatedTo(ChronoUnit.MILLIS) + "\"}}]}}");
        }
    }

    private static String error(int status) {
        String type = switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> "server_error";
        };
        return "{\"error\":{\"message\":\"refused by the stub\",\"type\":\"" + type + "\",\"code\":\"" + type + "\"}}";
    }

    static String asOpenAiWritesIt(Duration wait) {
        long millis = wait.toMillis();
        if (millis < 1_000) {
            return millis + "ms";
        }
        String seconds =
                String.format(Locale.ROOT, "%.3f", millis % 60_000 / 1000.0).replaceFirst("\\.?0+$", "");
        return millis < 60_000 ? seconds + "s" : millis / 60_000 + "m" + seconds + "s";
    }
}
