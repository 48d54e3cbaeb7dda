package dev.mehari.cli.monitor;

/** The gateway did not say what it does. The message is for people. */
public final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    public Unanswered(String message) {
        super(message, null, false, false);
    }
}
