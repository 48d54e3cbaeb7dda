package dev.mehari.failure;

import org.jspecify.annotations.Nullable;

/** The upstream took the request and then closed the connection, or answered something that is not HTTP. */
public final class UpstreamBroken extends MehariFailure {
    private static final long serialVersionUID = 1L;

    public UpstreamBroken(String message, @Nullable Throwable cause) {
        super(Source.UPSTREAM, "upstream_broken", message, null, cause);
    }
}
