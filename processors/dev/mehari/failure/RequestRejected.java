package dev.mehari.failure;

import org.jspecify.annotations.Nullable;

/** The request itself is wrong; sending it again unchanged will not help. */
public final class RequestRejected extends MehariFailure {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Kind {
        MALFORMED,
        HEADERS_TOO_LARGE,
        URI_TOO_LONG,
        BODY_TOO_LARGE,
        UNKNOWN_PATH,
        WRONG_METHOD,
        UNSUPPORTED,
        /** The client stopped sending in the middle of its request. */
        TOO_SLOW
    }

    private final Kind kind;
    private final @Nullable String param;

    /**
     * @param code machine-readable name in snake case
     * @param param the field of the request that is wrong; null when it is not one field
     */
    public RequestRejected(Kind kind, String code, String message, @Nullable String param) {
        super(Source.CLIENT, code, message, null, null);
        this.kind = kind;
        this.param = param;
    }

    public Kind kind() {
        return kind;
    }

    public @Nullable String param() {
        return param;
    }
}
