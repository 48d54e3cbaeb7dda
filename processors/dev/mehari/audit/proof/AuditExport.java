package dev.mehari.audit.proof;

import dev.mehari.failure.StorageUnavailable;
import org.jspecify.annotations.Nullable;

/** Reads the whole audit, page by page. Blocks for as long as the database takes. */
public interface AuditExport {
    /**
     * A page of about {@code events} events at most.
     *
     * @param after the {@code next} of the page before; null for the first
     */
    ExportPage page(@Nullable ExportPosition after, int events) throws StorageUnavailable;
}
