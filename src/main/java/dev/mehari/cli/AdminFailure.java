package dev.mehari.cli;

/** The admin API did not do what a command asked for. The message says what to do, and is all that the user sees. */
final class AdminFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean wrongUse;

    /**
     * A failure with its message.
     *
     * @param wrongUse true when the command was given something wrong, so that trying again will not help
     */
    AdminFailure(String message, boolean wrongUse) {
        super(message, null, false, false);
        this.wrongUse = wrongUse;
    }

    /** True when the same may work later: nothing answers, or what answers has trouble of its own. */
    boolean mayPass() {
        return !wrongUse;
    }

    /** 2 for wrong use, else 1. */
    int exitCode() {
        return wrongUse ? 2 : 1;
    }
}
