package dev.mehari.failure;

/** The request carries no key, or none that is valid. */
public final class Unauthenticated extends MehariFailure {
    private static final long serialVersionUID = 1L;

    public Unauthenticated(String code, String message) {
        super(Source.CLIENT, code, message, null, null);
    }
}
