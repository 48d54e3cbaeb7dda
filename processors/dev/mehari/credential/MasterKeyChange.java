package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;

/** Changes what stored secrets are sealed with: credentials, and the keys of captured bodies. Blocks. */
@FunctionalInterface
public interface MasterKeyChange {
    /**
     * Puts the next version in force and seals all secrets anew; or ends what an earlier rotation has begun.
     *
     * @throws CannotRotate when there is no next version, and none can be made; nothing has changed
     */
    Rotation rotate() throws CannotRotate, StorageUnavailable;

    /**
     * What a rotation has done.
     *
     * @param version in force now
     * @param sealed secrets that were sealed anew
     * @param left secrets that cannot be opened, and stay as they are
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
