package dev.mehari.acceptance;

/** Request bodies as callers send them. */
final class Calls {
    static final String CHAT = "{\"model\":\"sim-small\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    static final String CHAT_STREAM =
            "{\"model\":\"sim-small\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    static final String MESSAGE_STREAM = "{\"model\":\"sim-small\",\"max_tokens\":50,\"stream\":true,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

    private Calls() {}
}
