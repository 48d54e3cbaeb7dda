package dev.mehari.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An LLM API that knows who calls by the credential in its headers, and treats each as it is told: serves, refuses in all the
 * ways that providers do, is silent, breaks off. It speaks OpenAI's dialect, and Anthropic's on {@code /v1/messages}; lists a
 * model on {@code /v1/models}; and says the word that a health question asks for. What it did is remembered as {@link Use}.
 *
 * <pre>{@code
 * LlmStub llm = LlmStub.serving();
 * llm.treat("sk-a", use -> LlmStub.Refuse.with(429, LlmStub.Hint.RETRY_AFTER, Duration.ofSeconds(2)));
 * assertThat(llm.uses("sk-a")).hasSize(1);
 * }</pre>
 */
public final class LlmStub implements AutoCloseable {
    /** Says what becomes of a call; asked on an event loop, in order of arrival for each connection. */
    @FunctionalInterface
    public interface Treatment {
        Act treat(Use use);
    }

    /** What becomes of a call. */
    public sealed interface Act permits Serve, Refuse, Stall, Reset, Cut, Garbage, Say, Later {}

    /** An answer, a stream where one was asked for. */
    public record Serve() implements Act {}

    /** An error of the API, with a hint on when to come again. */
    public record Refuse(int status, Hint hint, Duration pause) implements Act {
        public static Refuse with(int status) {
            return new Refuse(status, Hint.NONE, Duration.ZERO);
        }

        public static Refuse with(int status, Hint hint, Duration pause) {
            return new Refuse(status, hint, pause);
        }
    }

    /** Nothing, until the other side closes. */
    public record Stall() implements Act {}

    /** A connection that is reset without an answer. */
    public record Reset() implements Act {}

    /** A good answer whose body ends after {@code bytes} of it (modulo its length), and with it the connection. */
    public record Cut(int bytes) implements Act {}

    /** Bytes that are no HTTP. */
    public record Garbage() implements Act {}

    /** Just this. */
    public record Say(int status, String contentType, String body, String... headers) implements Act {}

    /** The same, but not at once. */
    public record Later(Duration delay, Act then) implements Act {}

    /** How an answer says when to come again. */
    public enum Hint {
        NONE,
        /** {@code Retry-After} in whole seconds, rounded up. */
        RETRY_AFTER,
        /** {@code Retry-After} as a date, rounded up to the second. */
        RETRY_AFTER_DATE,
        /** {@code retry-after-ms}. */
        RETRY_AFTER_MS,
        /** {@code x-ratelimit-reset-requests}, as OpenAI writes it: {@code 120ms}, {@code 1.5s}, {@code 6m0s}. */
        OPENAI,
        /** {@code anthropic-ratelimit-requests-reset}, a time by RFC 3339. */
        ANTHROPIC,
        /** {@code quotaResetTimeStamp} in the body, as Google writes it. */
        QUOTA_RESET
    }

    /** One call that arrived, and what became of it. */
    public static final class Use {
        private final StubUpstream.Request request;
        private final String credential;
        private final JsonNode body;
        private volatile Act act = new Serve();
        private volatile long answeredNanos;
        private volatile long endedNanos;

        private Use(StubUpstream.Request request) {
            this.request = request;
            credential = credentialIn(request.headers());
            JsonNode read;
            try {
                read = JSON.readTree(request.body());
            } catch (IOException noJson) {
                read = JSON.createObjectNode();
            }
            body = read;
        }

        /** The secret that it came with, without {@code Bearer}; empty when there was none. */
        public String credential() {
            return credential;
        }

        public String model() {
            return body.path("model").asText();
        }

        public boolean stream() {
            return body.path("stream").asBoolean();
        }

        /** The word that a health question asks for; empty for any other call. */
        String wanted() {
            String question = body.at("/messages/0/content").asText();
            return question.startsWith(QUESTION) ? question.substring(QUESTION.length()) : "";
        }

        /** The field {@code user}, in which tests number their calls; empty when absent. */
        public String user() {
            return body.path("user").asText();
        }

        public StubUpstream.Request request() {
            return request;
        }

        public long arrivedNanos() {
            return request.arrivedNanos();
        }

        /** What was done with it; {@link Later} is left out. */
        public Act act() {
            return act;
        }

        /** When the first byte of the answer was written, or the connection broken; 0 while neither is so. */
        public long answeredNanos() {
            return answeredNanos;
        }

        /** When the last byte was written, or the connection closed by either side; 0 while neither is so. */
        public long endedNanos() {
            return endedNanos;
        }
    }

    private static final String QUESTION = "Answer with this word and nothing else: ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StubUpstream stub = StubUpstream.answering(this::called);
    private final List<Use> uses = new CopyOnWriteArrayList<>();
    private final Map<String, Treatment> treatments = new ConcurrentHashMap<>();
    private volatile Treatment usual = use -> new Serve();
    private volatile Duration pause = Duration.ZERO;

    private LlmStub() {}

    /** One that serves everybody. */
    public static LlmStub serving() {
        return new LlmStub();
    }

    /** From now on, treats calls with {@code credential} like this. */
    public LlmStub treat(String credential, Treatment treatment) {
        treatments.put(credential, treatment);
        return this;
    }

    /** From now on, treats calls with {@code credential} all alike. */
    public LlmStub treat(String credential, Act act) {
        return treat(credential, use -> act);
    }

    /** From now on, treats everybody like this of whom nothing else was said. */
    public LlmStub treatOthers(Treatment treatment) {
        usual = treatment;
        return this;
    }

    /** Forgets what was said of anybody, and serves all. */
    public LlmStub serveAll() {
        usual = use -> new Serve();
        treatments.clear();
        return this;
    }

    /** From now on, pauses before each event of a stream but the first. */
    public LlmStub pauseBetweenEvents(Duration next) {
        pause = next;
        return this;
    }

    public int port() {
        return stub.port();
    }

    /** Its base URL, as an upstream is declared with. */
    public String url() {
        return "http://127.0.0.1:" + stub.port();
    }

    /** All calls so far, in order of arrival. */
    public List<Use> uses() {
        return uses;
    }

    /** Those with {@code credential}. */
    public List<Use> uses(String credential) {
        return uses.stream().filter(use -> use.credential().equals(credential)).toList();
    }

    /** The credentials of all calls so far, in order of arrival. */
    public List<String> credentials() {
        return uses.stream().map(Use::credential).toList();
    }

    /** The server below it, for its connections. */
    public StubUpstream server() {
        return stub;
    }

    @Override
    public void close() {
        stub.close();
    }

    private static String credentialIn(HttpHeaders headers) {
        String authorization = headers.get("Authorization");
        if (authorization != null) {
            return authorization.startsWith("Bearer ") ? authorization.substring(7) : authorization;
        }
        return headers.get("x-api-key", headers.get("x-credential", ""));
    }

    private void called(StubUpstream.Request request, StubUpstream.Reply reply) {
        Use use = new Use(request);
        uses.add(use);
        reply.whenClosed(() -> end(use));
        treat(use, treatments.getOrDefault(use.credential(), usual).treat(use), reply);
    }

    private void treat(Use use, Act act, StubUpstream.Reply reply) {
        if (act instanceof Later later) {
            use.act = later.then();
            reply.after(later.delay(), () -> treat(use, later.then(), reply));
            return;
        }
        use.act = act;
        if (act instanceof Stall) {
            return;
        }
        use.answeredNanos = System.nanoTime();
        if (act instanceof Serve) {
            serve(use, reply);
        } else if (act instanceof Refuse refuse) {
            LlmAnswers.refuse(refuse, use.model(), reply);
            end(use);
        } else if (act instanceof Cut cut) {
            LlmAnswers.cut(use, cut.bytes(), reply);
        } else if (act instanceof Garbage) {
            reply.done().raw("\u0001\u0002 this is not HTTP\r\n\r\n").close();
        } else if (act instanceof Say say) {
            reply.bytes(
                    say.status(),
                    say.contentType(),
                    say.body().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    say.headers());
            end(use);
        } else {
            reply.done().reset();
        }
    }

    private void serve(Use use, StubUpstream.Reply reply) {
        if (!use.stream()) {
            reply.json(200, use.request().uri().equals("/v1/models") ? LlmAnswers.models() : LlmAnswers.whole(use));
            end(use);
            return;
        }
        send(use, LlmAnswers.events(use), 0, reply.sse());
    }

    private void send(Use use, List<String> events, int next, StubUpstream.Reply reply) {
        Duration between = pause;
        for (int i = next; i < events.size(); i++) {
            if (i > next && !between.isZero()) {
                int from = i;
                reply.after(between, () -> send(use, events, from, reply));
                return;
            }
            reply.chunk(events.get(i));
        }
        reply.end();
        end(use);
    }

    private static void end(Use use) {
        if (use.endedNanos == 0) {
            use.endedNanos = System.nanoTime();
        }
    }
}
