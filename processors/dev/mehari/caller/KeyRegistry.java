package dev.mehari.caller;

import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import java.util.List;
import java.util.Optional;

/** Keys as operators administer them, for all instances: of two who do the same at once, one wins. Methods block. */
public interface KeyRegistry {
    /** Makes a new value of the old one, or says what is wrong with that. */
    @FunctionalInterface
    interface Edit {
        KeyFields apply(KeyFields before) throws InvalidField;
    }

    /** Keeps a new key. Of its text only the hash and the prefix are kept. */
    KeyChange create(NewKey key, KeyFields fields) throws StorageUnavailable;

    /** All keys, deleted ones too, by id. */
    List<KeyEntry> list() throws StorageUnavailable;

    Optional<KeyEntry> get(long id) throws StorageUnavailable;

    /** Changes a key that is not deleted; nobody else changes it meanwhile. */
    KeyChange edit(long id, Edit edit) throws InvalidField, StorageUnavailable;

    /** Deletes a key so that it can be restored; one that is deleted stays as it is. */
    KeyChange delete(long id) throws StorageUnavailable;

    /** Takes a deletion back; a key that is not deleted stays as it is. */
    KeyChange restore(long id) throws StorageUnavailable;

    /** Removes a deleted key for good, and the bodies of its calls that are kept. */
    KeyChange purge(long id) throws StorageUnavailable;
}
