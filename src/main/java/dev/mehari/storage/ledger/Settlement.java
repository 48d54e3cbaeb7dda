package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;

/** A lease to be given back, and what its call has used. Writing it twice does no harm. */
record Settlement(long keyId, long leaseId, Charge used) {}
