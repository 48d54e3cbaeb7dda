package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Makes the stored credentials of an upstream those that a file declares. Blocks. */
@FunctionalInterface
public interface DeclaredCredentials {
    /**
     * By name: creates and changes what {@code credentials} has, and removes what an earlier call brought and this one does
     * not have. What an operator made otherwise stays. Called at start, by one instance at a time.
     *
     * @param upstream name of one that is stored
     */
    void apply(String upstream, List<DeclaredCredential> credentials) throws StorageUnavailable;
}
