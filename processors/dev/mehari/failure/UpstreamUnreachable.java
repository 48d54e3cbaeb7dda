package dev.mehari.failure;

import org.jspecify.annotations.Nullable;

/** No connection to the upstream could be made, so nothing was asked of it. */
public final class UpstreamUnreachable extends MehariFailure {
    private static final long serialVersionUID = 1L;

    public UpstreamUnreachable(String message, @Nullable Throwable cause) {
        super(Source.UPSTREAM, "upstream_unreachable", message, null, cause);
    }
}
