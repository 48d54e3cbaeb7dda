package dev.mehari.failure;

import org.apache.camel.Message;

/**
 * The upstream answered with a status that says nothing against the request, but against the credential or the moment (401,
 * 403, 429), so that another way may succeed.
 */
public final class UpstreamRefused extends MehariFailure implements AnsweredByUpstream {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Message answer;

    public UpstreamRefused(int status, Message answer) {
        super(Source.UPSTREAM, "upstream_refused", "The upstream answered " + status, null, null);
        this.status = status;
        this.answer = answer;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Message answer() {
        return answer;
    }
}
