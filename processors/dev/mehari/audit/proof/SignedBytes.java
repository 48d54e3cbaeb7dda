package dev.mehari.audit.proof;

import dev.mehari.audit.DroppedEvents;
import java.util.UUID;

/** What is signed with Ed25519 beside heads of chains, as bytes; numbers are big-endian. */
public final class SignedBytes {
    private SignedBytes() {}

    /** Of a gap: the instance's id, first and last sequence, the link before, the link after, the reason as UTF-8. */
    public static byte[] ofGap(UUID instance, long first, long last, byte[] before, byte[] after, String reason) {
        return DroppedEvents.signed(instance, first, last, before, after, reason);
    }
}
