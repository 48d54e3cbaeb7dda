package dev.mehari.exchange;

/** Names of the exchange properties that cross routes. */
public final class ExchangeKeys {
    /** {@link Call}: set by the relay. */
    public static final String CALL = "mehari.call";
    /** String: {@code X-Request-Id} of the call, ours unless the client sent a sound one; set by the relay. */
    public static final String REQUEST_ID = "mehari.request-id";
    /** {@link Dialect}; set by the relay. */
    public static final String DIALECT = "mehari.dialect";
    /** String: model named in the request, absent when none is; set by {@code inspectRequest}. */
    public static final String MODEL = "mehari.model";
    /** Boolean: the caller asked for an event stream; set by {@code inspectRequest}. */
    public static final String STREAM = "mehari.stream";
    /** {@code dev.mehari.caller.Caller}; set by {@code identifyCaller}. */
    public static final String CALLER = "mehari.caller";
    /** String: id of the caller's key, between whose waiters admission is fair; set by {@code identifyCaller}. */
    public static final String KEY_ID = "mehari.key-id";
    /** {@code dev.mehari.limits.LimitedKey}: the caller's key where it has limits of its own; set by {@code identifyCaller}. */
    public static final String LIMITED_KEY = "mehari.limited-key";
    /**
     * Boolean: the call makes an upstream work, so that it counts against its key's limits and has usage; false for
     * counting tokens and listing models. Set by {@code inspectRequest}.
     */
    public static final String METERED = "mehari.metered";
    /** {@code dev.mehari.limits.Charge}: what the call has used; absent while nothing is known to be. Set by {@code meterUsage}. */
    public static final String CHARGE = "mehari.charge";
    /**
     * {@code dev.mehari.usage.MeteredCall}: the same in detail, that of all tries together under the upstream and credential of
     * the last of them; set together with {@link #CHARGE}.
     */
    public static final String USED = "mehari.used";
    /** {@code dev.mehari.usage.StreamPace}: when the pieces of an event stream came; set by {@code meterUsage}. */
    public static final String PACE = "mehari.pace";
    /**
     * {@code dev.mehari.inspection.Endpoint}: which endpoint of the LLM APIs is called; absent when it is none that is known by
     * name. Set by {@code inspectRequest}.
     */
    public static final String ENDPOINT = "mehari.endpoint";
    /** {@link TraceContext} of the caller, or the one begun here; absent when the call belongs to no trace. Set by the relay. */
    public static final String TRACE = "mehari.trace";
    /** Integer 0-9, higher first; set by {@code identifyCaller}. */
    public static final String PRIORITY = "mehari.priority";
    /**
     * Long: how long the client waits at most, in milliseconds, from the head of its
     * request on; absent when not said. What is left of it says {@link Deadline}. Set by {@code inspectRequest}.
     */
    public static final String CLIENT_TIMEOUT_MS = "mehari.client-timeout-ms";
    /**
     * Long: by when the next try has to begin, monotonic nanoseconds on the clock of {@link CallRecord#startedNanos}; absent at
     * the first and where nothing bounds it. Set by {@code noteFailure}, heeded by {@link Deadline}.
     */
    public static final String TRY_BY_NANOS = "mehari.try-by-nanos";
    /** Long: milliseconds that the request waited for a permit; set by admission. */
    public static final String QUEUE_MS = "mehari.queue-ms";
    /**
     * Boolean: the last message of the request is a person's, not the result of a tool; absent when the request has no
     * messages. Set by {@code inspectRequest}.
     */
    public static final String USER_TURN = "mehari.user-turn";
    /** {@link Conversation} that the call belongs to; absent when nothing is known. Set by {@code inspectRequest}. */
    public static final String CONVERSATION = "mehari.conversation";
    /** {@code dev.mehari.upstream.Candidates}: where the request may go; set by {@code chooseUpstream}. */
    public static final String CANDIDATES = "mehari.candidates";
    /** {@code dev.mehari.upstream.Upstream}: where the present try goes; set by {@code takeCredential}. */
    public static final String UPSTREAM = "mehari.upstream";
    /** {@code dev.mehari.credential.Attempt}: the present try and what it holds; set by {@code takeCredential}. */
    public static final String ATTEMPT = "mehari.attempt";
    /**
     * {@code dev.mehari.upstream.UpstreamCredential}: the header that the present try authenticates itself with; absent
     * where that is left to the upstream's own. Set, and taken away, by {@code takeCredential}.
     */
    public static final String CREDENTIAL = "mehari.upstream-credential";
    /** {@code dev.mehari.credential.AttemptLog}: what was tried for this call; set by {@code takeCredential}. */
    public static final String ATTEMPTS = "mehari.attempts";

    private ExchangeKeys() {}
}
