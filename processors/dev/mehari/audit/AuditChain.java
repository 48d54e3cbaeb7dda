package dev.mehari.audit;

import java.util.UUID;

/**
 * The chain of one start of an instance.
 *
 * @param id in the database
 * @param instance of this start and no other
 */
public record AuditChain(int id, UUID instance) {}
