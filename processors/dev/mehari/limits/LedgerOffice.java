package dev.mehari.limits;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** What operators may see and do about leases. Methods block. */
public interface LedgerOffice {
    /** All that are held now, of all keys and instances, oldest first. */
    List<LeaseState> leases() throws StorageUnavailable;

    /** How much of each limit of a key is used now, one entry per {@link LimitKind}; empty for an unknown key. */
    List<KeyUse> use(LimitedKey key) throws StorageUnavailable;

    /** Takes all leases of a key back; calls that still hold one are broken off. Returns how many calls they were for. */
    int takeBack(long keyId) throws StorageUnavailable;

    /** Takes one lease back; false when there is none with this id. */
    boolean takeBackLease(long leaseId) throws StorageUnavailable;
}
