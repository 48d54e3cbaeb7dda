package dev.mehari.alert;

import java.time.Instant;

/**
 * An alert was raised or cleared.
 *
 * @param instance whose alert it is
 * @param raised false when it was cleared
 * @param value what was seen then, in the unit of the rule's name
 */
public record AlertEvent(Instant at, String instance, AlertRule rule, boolean raised, double value) {}
