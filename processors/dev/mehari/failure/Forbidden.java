package dev.mehari.failure;

import java.util.Map;

/** The caller is known, and may not do this. */
public final class Forbidden extends MehariFailure {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, Object> details;

    /** @param details further fields of the error body by name, in their order: text or lists of text */
    public Forbidden(String code, String message, Map<String, Object> details) {
        super(Source.CLIENT, code, message, null, null);
        this.details = details;
    }

    public Map<String, Object> details() {
        return details;
    }
}
