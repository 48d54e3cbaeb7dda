package dev.mehari.exchange;

/** The API that a caller speaks; decides the shape of our errors and the upstream. */
public enum Dialect {
    OPENAI,
    ANTHROPIC,
    /** No LLM API: any HTTP. */
    PLAIN
}
