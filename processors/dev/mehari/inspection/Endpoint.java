package dev.mehari.inspection;

import dev.mehari.exchange.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * The paths of the LLM APIs that Mehari knows by name. Every other path below {@code /v1/} is passed on unread.
 *
 * <p>Sources: platform.openai.com/docs/api-reference and docs.anthropic.com/en/api.
 */
public enum Endpoint {
    CHAT_COMPLETIONS("/v1/chat/completions", Dialect.OPENAI, "POST"),
    RESPONSES("/v1/responses", Dialect.OPENAI, "POST"),
    EMBEDDINGS("/v1/embeddings", Dialect.OPENAI, "POST"),
    MESSAGES("/v1/messages", Dialect.ANTHROPIC, "POST"),
    COUNT_TOKENS("/v1/messages/count_tokens", Dialect.ANTHROPIC, "POST"),
    /** Both APIs have it; the caller's headers tell which is meant. */
    MODELS("/v1/models", null, "GET, HEAD");

    private final String path;
    private final @Nullable Dialect dialect;
    private final String allow;

    Endpoint(String path, @Nullable Dialect dialect, String allow) {
        this.path = path;
        this.dialect = dialect;
        this.allow = allow;
    }

    /**
     * The endpoint at {@code path} (without query), or null when it is none of these. Percent-encoded letters count as the
     * letters that they stand for (RFC 3986, section 6.2.2.2), as they do for an upstream.
     */
    public static @Nullable Endpoint at(String path) {
        return switch (path.indexOf('%') < 0 ? path : Paths.decodeUnreserved(path)) {
            case "/v1/chat/completions" -> CHAT_COMPLETIONS;
            case "/v1/responses" -> RESPONSES;
            case "/v1/embeddings" -> EMBEDDINGS;
            case "/v1/messages" -> MESSAGES;
            case "/v1/messages/count_tokens" -> COUNT_TOKENS;
            case "/v1/models" -> MODELS;
            default -> null;
        };
    }

    public String path() {
        return path;
    }

    /** The one API that has this path; null when both have it. */
    public @Nullable Dialect dialect() {
        return dialect;
    }

    /** Methods that may be used, as the {@code Allow} header lists them. */
    public String allow() {
        return allow;
    }

    boolean takes(String method) {
        return this == MODELS ? method.equals("GET") || method.equals("HEAD") : method.equals("POST");
    }

    /** True when a call makes an upstream work: it counts against its key's limits and has usage. */
    public boolean isMetered() {
        return this != COUNT_TOKENS && this != MODELS;
    }

    /** True when a call goes on with a conversation. */
    boolean isTalk() {
        return this == CHAT_COMPLETIONS || this == RESPONSES || this == MESSAGES;
    }

    /** True when a call carries a JSON object that names the model. */
    boolean takesJson() {
        return this != MODELS;
    }
}
