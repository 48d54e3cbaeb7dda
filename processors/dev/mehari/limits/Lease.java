package dev.mehari.limits;

/** The right to make one call under a key's limits. It is renewed for as long as it is not settled. Any thread. */
public interface Lease {
    /**
     * The call is over: gives its slot back and corrects the reservation to {@code used}. The first time counts; later
     * ones do nothing. Does not block and does not fail; what the database cannot be told now it is told later.
     */
    void settle(Charge used);
}
