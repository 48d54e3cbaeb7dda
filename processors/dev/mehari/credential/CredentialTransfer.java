package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Moves many credentials in and out at once. Methods block. */
public interface CredentialTransfer {
    /**
     * Keeps those that are not there yet, all of them or, when that fails, none.
     *
     * @param dryRun true says what would become of them, and changes nothing
     */
    Imported take(List<Entry> entries, boolean dryRun) throws StorageUnavailable;

    /** All credentials that open here, with their secrets. */
    List<CredentialDraft> give() throws StorageUnavailable;

    /**
     * One to be imported.
     *
     * @param entry where it was found, such as a file of a ZIP
     */
    record Entry(String entry, CredentialDraft draft) {}

    /** One that cannot be imported, and why; without anything secret. */
    record Problem(String entry, String problem) {}

    /** One that is kept now; {@code id} is 0 after a dry run. */
    record Taken(String entry, long id, String upstream, String name) {}

    /** One that is there already, as the credential {@code of}. */
    record Duplicate(String entry, String name, String email, String of) {}

    /** What became of each. */
    record Imported(List<Taken> taken, List<Duplicate> duplicates, List<Problem> problems) {
        public Imported {
            taken = List.copyOf(taken);
            duplicates = List.copyOf(duplicates);
            problems = List.copyOf(problems);
        }
    }
}
