package dev.mehari.alert;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Keeps events of all instances, for 30 days. Blocks. */
public interface AlertStore {
    void add(List<AlertEvent> events) throws StorageUnavailable;

    /** The latest, latest first; at most {@code most}. */
    List<AlertEvent> latest(int most) throws StorageUnavailable;
}
