package dev.mehari.failure;

/** The client left; nobody is there to be answered. */
public final class ClientGone extends MehariFailure {
    private static final long serialVersionUID = 1L;

    public ClientGone() {
        super(Source.CLIENT, "client_gone", "the client closed the connection", null, null);
    }
}
