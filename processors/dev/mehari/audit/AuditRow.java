package dev.mehari.audit;

/**
 * An event as it is stored.
 *
 * @param chain row of the chain that it belongs to
 * @param sequence its number in that chain, from 1
 * @param link first 8 bytes of the chain's link after it
 */
public record AuditRow(int chain, long sequence, long link, AuditEvent event) {}
