package dev.mehari.audit.proof;

import dev.mehari.failure.StorageUnavailable;
import org.jspecify.annotations.Nullable;

/** Knows how chains began. Blocks for as long as the database takes. */
@FunctionalInterface
public interface AuditChains {
    /** The chain of that id; null when it is not kept any more. */
    ExportRecord.@Nullable Chain chain(int id) throws StorageUnavailable;
}
