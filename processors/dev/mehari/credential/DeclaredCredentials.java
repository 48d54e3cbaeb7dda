package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Credentials that the declarative file names. Blocks. */
@FunctionalInterface
public interface DeclaredCredentials {
    /**
     * Makes the declared credentials of {@code upstream} exactly these, by name: new ones are added, changed ones changed,
     * those that the file no longer names removed. What operators added stays as it is, unless it has the name of a declared
     * one, which then takes its place; so does what was learnt of those that stay.
     */
    void apply(String upstream, List<DeclaredCredential> credentials) throws StorageUnavailable;
}
