package dev.mehari.audit.proof;

/** A line that is no record of an export; the message says why. */
public final class AuditFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    AuditFormatException(String why) {
        super(why, null, false, false);
    }
}
