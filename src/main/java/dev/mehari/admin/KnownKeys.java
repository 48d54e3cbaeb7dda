package dev.mehari.admin;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.KeyLimits;
import java.util.Optional;

/** Which keys there are. Blocks. */
@FunctionalInterface
public interface KnownKeys {
    /** The limits of a key, {@link KeyLimits#NONE} where it has none; empty for an unknown key. */
    Optional<KeyLimits> limits(long keyId) throws StorageUnavailable;
}
