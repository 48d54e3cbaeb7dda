package dev.mehari.app;

import dev.mehari.limits.KeyUse;
import dev.mehari.limits.LeaseState;
import dev.mehari.limits.LedgerOffice;
import java.util.List;

/** The office of a gateway that keeps no account. */
final class NoLeases implements LedgerOffice {
    @Override
    public List<LeaseState> leases() {
        return List.of();
    }

    @Override
    public List<KeyUse> use(long keyId) {
        return List.of();
    }

    @Override
    public int takeBack(long keyId) {
        return 0;
    }

    @Override
    public boolean takeBackLease(long leaseId) {
        return false;
    }
}
