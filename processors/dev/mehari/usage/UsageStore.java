package dev.mehari.usage;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;
import java.util.UUID;

/** Where usage is kept. Methods block. */
public interface UsageStore {
    /**
     * Adds rows to what is kept, once: a batch that was added before changes nothing. After a failure the batch may have
     * been added or not; adding it again makes sure.
     *
     * @param writer of this and no other start of an instance
     * @param batch greater than that of the writer's batch before
     * @param rows each of another cell, in the order of cells
     */
    void add(UUID writer, long batch, List<UsageRow> rows) throws StorageUnavailable;

    /** Sums of what matches, latest day first, then by key, model, upstream and credential; none where nothing was used. */
    List<UsageSum> find(UsageQuery query) throws StorageUnavailable;
}
