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

    /** The part of it that is granted, with the same part of the charge. */
    AllotmentRequest of(int someCalls, int someRequests) {
        return new AllotmentRequest(
                demand,
                limits,
                someCalls,
                someRequests,
                someRequests == requests
                        ? charge
                        : new Charge(
                                charge.tokens() / requests * someRequests,
                                charge.nanoDollars() / requests * someRequests));
    }
}
