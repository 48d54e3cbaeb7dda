package dev.mehari.cli.monitor;

import com.fasterxml.jackson.databind.JsonNode;

/** A gateway that is asked what it does. Blocks; an interrupt ends the wait. */
@FunctionalInterface
public interface Source {
    /** The answer of {@code GET /api/monitor}. */
    JsonNode ask() throws Unanswered;
}
