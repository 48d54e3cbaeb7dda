package dev.mehari.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** What the simulator answers a request with. */
sealed interface Reply {
    /** Tokens to make before the reply is complete (whole) or while it is (streamed). */
    int outputTokens();

    /**
     * An answer in one piece.
     *
     * @param status HTTP status
     * @param body what is sent as JSON
     * @param outputTokens tokens that take time to make; 0 for what is not generated text
     * @param headers headers beyond content type, length and request id
     */
    record Whole(int status, ObjectNode body, int outputTokens, Map<String, String> headers) implements Reply {
        public Whole {
            headers = Map.copyOf(headers);
        }

        static Whole ok(ObjectNode body, int outputTokens) {
            return new Whole(200, body, outputTokens, Map.of());
        }
    }

    /** A stream of server-sent events, answered with 200 and {@code headers}. */
    record Streamed(EventScript script, Map<String, String> headers) implements Reply {
        public Streamed {
            headers = Map.copyOf(headers);
        }

        public Streamed(EventScript script) {
            this(script, Map.of());
        }

        @Override
        public int outputTokens() {
            return script.tokens();
        }
    }
}
