package dev.mehari.audit;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Finds what happened. Blocks for as long as the database takes. */
public interface AuditSearch {
    /** Events, newest first. */
    AuditPage find(AuditQuery query) throws StorageUnavailable;

    /** Sums of whole hours or days, newest first; at most {@link RollUpQuery#MOST}. */
    List<RollUp> find(RollUpQuery query) throws StorageUnavailable;
}
