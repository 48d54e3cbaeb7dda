package dev.mehari.storage.vault;

import java.io.IOException;
import java.util.List;

/** Where an instance has its master keys from. Blocks; for any thread. */
public interface MasterKeys {
    /**
     * All that there are, newest first; empty when none has been made yet.
     *
     * @throws IOException when they cannot be read, or are not keys; the message is for the operator
     */
    List<MasterKey> all() throws IOException;

    /**
     * Makes one that is newer than all others.
     *
     * @throws IOException when that cannot be done here; the message says what to do instead
     */
    MasterKey make() throws IOException;

    /** Where they are, for messages: a file, or the name of a setting. */
    String shown();
}
