package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;

/** What a round trip asks for: a lease for one call, or an allotment of more. */
sealed interface Acquire permits Asked, AllotmentRequest {
    long keyId();

    /** That may be under way at once. */
    int calls();

    /** That may begin; more than one for an allotment only. */
    int requests();

    /** Reserved for all of them. */
    Charge charge();
}
