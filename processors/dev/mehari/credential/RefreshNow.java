package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import org.jspecify.annotations.Nullable;

/** Fetches a new token for an OAuth credential when an operator asks for it. Blocks. */
@FunctionalInterface
public interface RefreshNow {
    /** Returns null when there is a new token, else why there is none, without anything secret. */
    @Nullable
    String refresh(long credential) throws StorageUnavailable;
}
