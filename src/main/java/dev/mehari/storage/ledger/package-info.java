/**
 * The ledger of keys' limits that all instances with one PostgreSQL share. Decisions travel in batches: while one round
 * trip is under way the next ones gather, then go as one call of the SQL function {@code decide_20}, which locks the keys,
 * counts and grants: one call, or an allotment of several ahead. Leases are renewed and settled by the same calls; while the
 * database is away this instance decides alone, and enters afterwards what it granted. Does not know who calls or what a call
 * costs. Start reading at
 * {@link dev.mehari.storage.ledger.PostgresLedger}, then the migration that creates {@code decide_20}.
 */
@NullMarked
package dev.mehari.storage.ledger;

import org.jspecify.annotations.NullMarked;
