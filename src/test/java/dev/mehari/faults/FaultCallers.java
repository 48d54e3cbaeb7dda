package dev.mehari.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.faults.Called.Delivery;
import dev.mehari.testing.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers that are busy at once on one gateway: JSON and streams in turn, every tenth call in one of twenty conversations, all
 * others on their own. Who is refused with 503 comes again with its next call after what {@code Retry-After} says, at most 1 s. A call's name is in its field {@code user}.
 */
final class FaultCallers {
    static final String MODEL = "fault-model";
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;
    private static final String STREAM_TEXT = "To you, good day.";
    private static final int STREAM_EVENTS = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int port;
    private final String key;
    private final String prefix;

    FaultCallers(int port, String key, String prefix) {
        this.port = port;
        this.key = key;
        this.prefix = prefix;
    }

    /** Makes {@code calls} calls, {@code atOnce} of them at a time; returns what became of them. */
    List<Called> run(int calls, int atOnce) throws InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            List<Future<List<Called>>> callers = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                callers.add(threads.submit(() -> caller(next, calls)));
            }
            List<Called> all = new ArrayList<>();
            for (Future<List<Called>> caller : callers) {
                all.addAll(caller.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Called> caller(AtomicInteger next, int calls) {
        List<Called> made = new ArrayList<>();
        RawClient client = null;
        for (int number = next.getAndIncrement(); number < calls; number = next.getAndIncrement()) {
            if (calls >= 1_000 && number % 1_000 == 0) {
                System.err.println(prefix + " " + number + " of " + calls);
            }
            boolean stream = number % 2 == 0;
            String call = prefix + "-" + number;
            long sent = System.nanoTime();
            try {
                client = client == null ? RawClient.connect(port) : client;
                RawClient.Answer answer = client.post(
                                "/v1/chat/completions", body(call, number, stream), "Authorization", "Bearer " + key)
                        .answer();
                Delivery delivery = delivery(answer, stream);
                made.add(new Called(call, stream, sent, System.nanoTime(), answer.status(), code(answer), delivery));
                pause(answer);
                if (!answer.cleanEnd() || "close".equals(answer.headers().get("connection"))) {
                    client = close(client);
                }
            } catch (IOException lost) {
                made.add(new Called(call, stream, sent, System.nanoTime(), 0, "" + lost.getMessage(), Delivery.BROKEN));
                client = close(client);
            }
        }
        close(client);
        return made;
    }

    /** As long as a refusal asks for, as clients do, up to a second. */
    private static void pause(RawClient.Answer answer) {
        if (answer.status() == 503) {
            String asked = answer.headers().getOrDefault("retry-after", "0");
            LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, Long.parseLong(asked) * LONGEST_PAUSE_NANOS));
        }
    }

    private static RawClient close(RawClient client) {
        if (client != null) {
            try {
                client.close();
            } catch (IOException gone) {
                System.err.println("closing: " + gone);
            }
        }
        return null;
    }

    private static String body(String call, int number, boolean stream) {
        String conversation = number % 10 == 0 ? "conversation " + number / 10 % 20 : call;
        return "{\"model\":\"" + MODEL + "\",\"stream\":" + stream + ",\"user\":\"" + call
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + conversation + "\"}]}";
    }

    private static Delivery delivery(RawClient.Answer answer, boolean stream) {
        String body = answer.body();
        if (answer.status() == 200 && stream) {
            if (answer.cleanEnd() && isWholeStream(body)) {
                return Delivery.WHOLE;
            }
            if (isErrorEvent(body)) {
                return Delivery.ERROR_EVENT;
            }
            return answer.cleanEnd() ? Delivery.SILENT : Delivery.BROKEN;
        }
        if (!answer.cleanEnd()) {
            return Delivery.BROKEN;
        }
        return answer.status() != 200 || isJson(body) ? Delivery.WHOLE : Delivery.SILENT;
    }

    /** Every event that the upstream sends, once and in order. */
    private static boolean isWholeStream(String body) {
        StringBuilder text = new StringBuilder();
        String[] events = body.split("\n\n", -1);
        for (int i = 0; i < events.length - 2; i++) {
            text.append(data(events[i]).at("/choices/0/delta/content").asText());
        }
        return body.endsWith("data: [DONE]\n\n")
                && events.length == STREAM_EVENTS + 1
                && text.toString().equals(STREAM_TEXT);
    }

    /** The last event says that something went wrong, whatever came before it. */
    private static boolean isErrorEvent(String body) {
        String[] events = body.split("\n\n", -1);
        return events.length > 1
                && events[events.length - 1].isEmpty()
                && data(events[events.length - 2]).path("error").isObject();
    }

    /** Of an event that is one line, perhaps after an empty one; nothing when it is something else. */
    private static JsonNode data(String event) {
        String line = event.strip();
        try {
            return line.startsWith("data: ") ? JSON.readTree(line.substring(6)) : JSON.missingNode();
        } catch (JsonProcessingException cut) {
            return JSON.missingNode();
        }
    }

    private static boolean isJson(String body) {
        try {
            return JSON.readTree(body).has("choices");
        } catch (JsonProcessingException cut) {
            return false;
        }
    }

    private static String code(RawClient.Answer answer) {
        if (answer.status() == 200) {
            return "";
        }
        try {
            JsonNode error = JSON.readTree(answer.body()).path("error");
            return error.path("code").asText();
        } catch (JsonProcessingException noJson) {
            return "no JSON";
        }
    }
}
