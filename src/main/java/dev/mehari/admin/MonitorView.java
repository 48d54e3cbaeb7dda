package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens on this instance now, as {@code mehari monitor} shows it. Quick, from memory alone; any thread. */
public interface MonitorView {
    /**
     * One reading of everything.
     *
     * @param mostKeys how many keys at most
     */
    Now now(int mostKeys);

    /**
     * One reading.
     *
     * @param instance host and data port
     * @param state as {@code /proxy-metrics} has it
     * @param streams event streams that clients are being sent
     * @param keysTotal how many keys have called since the start
     * @param keys the busiest of these, in that order
     */
    record Now(
            String instance,
            JsonNode state,
            int streams,
            LastMinute lastMinute,
            int keysTotal,
            List<Key> keys,
            List<Credential> credentials,
            List<Upstream> upstreams) {}

    /**
     * What ended in the last 60 full seconds, by second, the oldest first.
     *
     * @param latencySeconds that the latencies, in milliseconds, are taken over: 60, or longer where nobody has looked
     */
    record LastMinute(
            List<Integer> calls,
            List<Integer> refused,
            long latencySeconds,
            long latencyCalls,
            double p50,
            double p95,
            double p99,
            double max) {}

    /**
     * A key; counts are since the start.
     *
     * @param active calls under way that do not wait
     * @param waiting calls that wait for the gateway's permit, or the key's own
     */
    record Key(
            String id,
            String name,
            long active,
            long waiting,
            double perSecond,
            long calls,
            long refused,
            long failed) {}

    /**
     * A credential; counts are since the start.
     *
     * @param cap calls at once, configured or learnt; 0 for no limit
     * @param until when its bench for all models ends; null when there is none
     */
    record Credential(
            long id,
            String upstream,
            String name,
            State state,
            int inFlight,
            int cap,
            long calls,
            long failures,
            @Nullable Instant until) {

        /** In the order in which they are to be seen. */
        public enum State {
            BENCHED,
            TRIAL,
            REFRESHING,
            USED_UP,
            USABLE,
            DISABLED
        }
    }

    /**
     * An upstream.
     *
     * @param state {@code up}, {@code ejected} or {@code failed}
     * @param breaker as {@link BreakersView.Breaker#state}
     * @param calls in the breaker's window, as are the failures
     * @param notPermitted turned away by the breaker
     */
    record Upstream(
            String name, String state, String breaker, int inFlight, int calls, int failures, long notPermitted) {}
}
