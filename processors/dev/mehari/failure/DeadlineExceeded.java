package dev.mehari.failure;

/**
 * The call's own time was over: that of its client, or that of all its tries together where others or waits had most of it.
 * Says nothing about the upstream, which may not even have been asked. The message says where the time went.
 */
public final class DeadlineExceeded extends MehariFailure {
    private static final long serialVersionUID = 1L;

    public DeadlineExceeded(String message) {
        super(Source.GATEWAY, "deadline_exceeded", message, null, null);
    }
}
