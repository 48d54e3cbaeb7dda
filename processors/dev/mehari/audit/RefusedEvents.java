package dev.mehari.audit;

import java.io.IOException;

/** Events that the database refuses because of what they are, and never because of how it is. */
public interface RefusedEvents {
    /** True when trying again is of no use, as far as {@code failure} tells. */
    boolean isRefusal(Throwable failure);

    /** Puts events where people find them; the same again changes nothing. Blocks. */
    void keep(SealedEvents events) throws IOException;
}
