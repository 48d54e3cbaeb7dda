package dev.mehari.storage.vault;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/**
 * A key that seals much data, and is itself sealed with a master key: when that changes, it alone has to be sealed anew. It
 * seals as {@link MasterKey} does. For any thread. Its text form shows nothing.
 */
public final class DataKey {
    private static final int BYTES = 32;

    private final byte[] secret;
    private final MasterKey sealing;

    /** @param secret what {@link #secret()} was; not to be changed */
    public DataKey(byte[] secret) {
        this.secret = secret;
        sealing = new MasterKey(secret);
    }

    /** A new one. */
    public static DataKey random(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new DataKey(secret);
    }

    /** What is to be sealed with a master key. */
    public byte[] secret() {
        return secret.clone();
    }

    /** Seals {@code data} so that it opens with the same {@code belongsTo} only. */
    public byte[] seal(byte[] data, String belongsTo, SecureRandom random) {
        return sealing.seal(data, belongsTo, random);
    }

    /**
     * What was sealed.
     *
     * @throws GeneralSecurityException when it was sealed with another key or for something else, or was changed since
     */
    public byte[] open(byte[] sealed, String belongsTo) throws GeneralSecurityException {
        return sealing.open(sealed, belongsTo);
    }

    @Override
    public String toString() {
        return "***";
    }
}
