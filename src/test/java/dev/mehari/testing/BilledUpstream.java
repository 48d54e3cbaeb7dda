package dev.mehari.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An upstream in OpenAI's dialect that keeps a bill, as a provider does: of every answer that it has told the usage of, by
 * caller, model and credential. What it does with a call says the model; who calls, and as the how manyth, the field
 * {@code user}, as in {@code alice:17}.
 *
 * <ul>
 *   <li>{@code whole}, {@code stream}: an answer with usage
 *   <li>{@code refused}: 429 for the first try of every other call, then an answer
 *   <li>{@code failing}: 503 from an upstream that is {@code shaky}, else an answer
 *   <li>{@code worked}: 503 with usage for the first try from an upstream that is {@code shaky}, then an answer
 *   <li>{@code cut}: a stream that breaks off after some text
 *   <li>{@code open}: the beginning of a stream that does not go on
 *   <li>{@code silent}: nothing
 * </ul>
 */
public final class BilledUpstream implements AutoCloseable {
    /** Whom a line of the bill is about. */
    public record Line(String user, String model, String credential) implements Comparable<Line> {
        @Override
        public int compareTo(Line other) {
            return toString().compareTo(other.toString());
        }
    }

    /** What a line of the bill is about: input without what was read from the cache. */
    public record Used(long answers, long input, long cached, long output) {
        Used plus(Used more) {
            return new Used(answers + more.answers, input + more.input, cached + more.cached, output + more.output);
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT =
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hello you\"}}],\"usage\":null}\n\n";

    private final Map<Line, Used> bill = new TreeMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Set<String> tried = ConcurrentHashMap.newKeySet();
    private final boolean shaky;
    private final StubUpstream stub = StubUpstream.answering(this::called);

    public BilledUpstream(boolean shaky) {
        this.shaky = shaky;
    }

    /** The request's body of the {@code number}th call of {@code user}. */
    public static String call(String user, int number, String model) {
        boolean stream = Set.of("stream", "cut", "open").contains(model);
        return "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"user\":\"" + user + ":" + number
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + user + number + "\"}]}";
    }

    public int port() {
        return stub.port();
    }

    /** True once the call has come. */
    public boolean has(String user, int number, String model) {
        return seen.contains(user + ":" + number + " " + model);
    }

    /** All that it has told the usage of so far. */
    public Map<Line, Used> bill() {
        synchronized (bill) {
            return new TreeMap<>(bill);
        }
    }

    @Override
    public void close() {
        stub.close();
    }

    private void called(StubUpstream.Request request, StubUpstream.Reply reply) {
        JsonNode call = body(request);
        String[] user = call.path("user").asText().split(":", -1);
        int number = Integer.parseInt(user[1]);
        String model = call.path("model").asText();
        String name = call.path("user").asText() + " " + model;
        seen.add(name);
        Line line = new Line(
                user[0], model, request.headers().get("Authorization", "").replace("Bearer ", ""));
        switch (model) {
            case "stream" ->
                reply.sse()
                        .chunk(TEXT)
                        .chunk("data: " + told(line, number) + "\n\n")
                        .end();
            case "cut" -> {
                reply.sse().chunk(TEXT).done();
                reply.after(Duration.ofMillis(20), reply::close);
            }
            case "open" -> reply.sse().chunk(TEXT);
            case "silent" -> {}
            default -> {
                int status = status(model, number, name);
                reply.json(
                        status,
                        status == 200 || model.equals("worked")
                                ? told(line, number)
                                : "{\"error\":{\"message\":\"no\"}}");
            }
        }
    }

    private int status(String model, int number, String call) {
        return switch (model) {
            case "refused" -> number % 2 == 0 && tried.add(call) ? 429 : 200;
            case "failing" -> shaky ? 503 : 200;
            case "worked" -> shaky && tried.add(call) ? 503 : 200;
            default -> 200;
        };
    }

    /** An answer with its usage, which goes on the bill. */
    private String told(Line line, int number) {
        Used used = new Used(1, 100 + number, number % 7, 10 + number % 13);
        synchronized (bill) {
            bill.merge(line, used, Used::plus);
        }
        return "{\"choices\":[],\"usage\":{\"prompt_tokens\":" + (used.input() + used.cached())
                + ",\"completion_tokens\":" + used.output() + ",\"prompt_tokens_details\":{\"cached_tokens\":"
                + used.cached() + "}}}";
    }

    private static JsonNode body(StubUpstream.Request request) {
        try {
            return JSON.readTree(request.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
