package dev.mehari.audit.proof;

import dev.mehari.audit.AuditRow;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of an export. Links and heads are hex digits in lower case, keys and signatures Base64. A chain comes before what
 * belongs to it, and after the one that it follows; the records of a chain are in the order of their sequence, and of the same
 * one first the event or the gap, then the checkpoint.
 */
public sealed interface ExportRecord {

    /**
     * One start of an instance.
     *
     * @param id of the row, by which the other records name it
     * @param instance names this start of the instance
     * @param previous chain of the start before; null when there was none, or it is not kept any more
     * @param publicKey Ed25519, as X.509 writes it
     */
    record Chain(
            int id, UUID instance, @Nullable Integer previous, String firstLink, String publicKey, Instant startedAt)
            implements ExportRecord {}

    /** What happened to one call. */
    record Event(AuditRow row) implements ExportRecord {}

    /** The row of an event that cannot be what was written. */
    record Broken(int chain, long sequence, String why) implements ExportRecord {}

    /** A signed head of a chain. */
    record Checkpoint(int chain, long sequence, String head, String signature) implements ExportRecord {}

    /**
     * Events that were dropped by rule, or lost on their way here, from {@code first} to {@code last}.
     *
     * @param before the chain's link before the first of them
     * @param after the chain's link after the last of them
     * @param reason {@link #RETENTION}, or that of {@link dev.mehari.audit.DroppedEvents.Reason}
     * @param publicKey of the gateway that dropped them
     * @param signature over {@link SignedBytes#ofGap}
     */
    record Gap(
            int chain,
            long first,
            long last,
            String before,
            String after,
            String reason,
            String publicKey,
            String signature)
            implements ExportRecord {
        /** They were older than what is kept, or took too much room. */
        public static final String RETENTION = "retention";
    }

    /**
     * The last line.
     *
     * @param records lines before it
     */
    record End(long records) implements ExportRecord {}
}
