package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;

/** Changes what stored credentials are sealed with. Blocks. */
@FunctionalInterface
public interface MasterKeyChange {
    /**
     * Puts the next version in force and seals all credentials anew; or ends what an earlier rotation has begun.
     *
     * @throws CannotRotate when there is no next version, and none can be made; nothing has changed
     */
    Rotation rotate() throws CannotRotate, StorageUnavailable;

    /**
     * What a rotation has done.
     *
     * @param version in force now
     * @param sealed credentials that were sealed anew
     * @param left credentials that cannot be opened, and stay as they are
     */
    record Rotation(int version, int sealed, int left) {}

    /** There is no next version; the message says what to do. */
    final class CannotRotate extends Exception {
        private static final long serialVersionUID = 1L;

        public CannotRotate(String message) {
            super(message, null, false, false);
        }
    }
}
