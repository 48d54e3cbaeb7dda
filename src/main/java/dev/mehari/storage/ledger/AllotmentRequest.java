package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import dev.mehari.limits.KeyLimits;

/**
 * Asks for an allotment.
 *
 * @param demand what it is for
 * @param limits of the key, as this instance knows them
 */
record AllotmentRequest(KeyDemand demand, KeyLimits limits, int calls, int requests, Charge charge) implements Acquire {
    @Override
    public long keyId() {
        return demand.keyId();
    }
}
