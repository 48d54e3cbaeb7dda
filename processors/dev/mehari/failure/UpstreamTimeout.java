package dev.mehari.failure;

/** The upstream took longer than the configured time. */
public final class UpstreamTimeout extends MehariFailure {
    private static final long serialVersionUID = 1L;

    /** What was waited for. */
    public enum Stage {
        CONNECT,
        FIRST_BYTE,
        IDLE,
        TOTAL
    }

    private final Stage stage;

    public UpstreamTimeout(Stage stage, String message) {
        super(Source.UPSTREAM, "upstream_timeout", message, null, null);
        this.stage = stage;
    }

    public Stage stage() {
        return stage;
    }
}
