package dev.mehari.storage.vault;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The master keys that an instance has, beside the versions that the database knows. It opens what any of them has sealed, and
 * seals with the highest version that the database knows. Immutable.
 */
public final class Keyring {
    private static final String FINGERPRINT_KEY = "fingerprint-key";
    private static final int FINGERPRINT_KEY_BYTES = 32;

    private final Map<Integer, MasterKey> byVersion = new TreeMap<>();
    private final int inForce;
    private final @Nullable MasterKey next;
    private final byte @Nullable [] fingerprintKey;
    private final SecureRandom random;

    /**
     * A version as the database knows it.
     *
     * @param check {@link MasterKey#check} of its key
     * @param fingerprintKey sealed with it
     */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    public record Version(int number, byte[] check, byte[] fingerprintKey) {}

    /** What a secret has become. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    public record Sealed(int version, byte[] bytes) {}

    /**
     * A keyring.
     *
     * @param versions that the database knows
     * @param keys that the instance has, newest first
     * @param random a secure source
     */
    public Keyring(List<Version> versions, List<MasterKey> keys, SecureRandom random) {
        this.random = random;
        byte[] opened = null;
        int highest = 0;
        for (Version version : versions) {
            highest = Math.max(highest, version.number());
            for (MasterKey key : keys) {
                if (Arrays.equals(key.check(), version.check())) {
                    byVersion.put(version.number(), key);
                    opened = opened == null ? fingerprintKey(version, key) : opened;
                }
            }
        }
        inForce = highest;
        fingerprintKey = opened;
        next = keys.isEmpty() || byVersion.containsValue(keys.get(0)) ? null : keys.get(0);
    }

    private static byte @Nullable [] fingerprintKey(Version version, MasterKey key) {
        try {
            return key.open(version.fingerprintKey(), FINGERPRINT_KEY);
        } catch (GeneralSecurityException tampered) {
            return null;
        }
    }

    /** The version that seals now; 0 while the database knows none. */
    public int inForce() {
        return inForce;
    }

    /** True when nothing new can be sealed here, since the key in force is not among ours. */
    public boolean isLocked() {
        return inForce > 0 && (!byVersion.containsKey(inForce) || fingerprintKey == null);
    }

    /** Our newest key, when the database does not know it yet; null when it does, or there is none. */
    public @Nullable MasterKey next() {
        return next;
    }

    /** The versions that can be opened here. */
    public List<Integer> versions() {
        return List.copyOf(byVersion.keySet());
    }

    /** The first version, with a new key of fingerprints. */
    public Version first(MasterKey key) {
        byte[] made = new byte[FINGERPRINT_KEY_BYTES];
        random.nextBytes(made);
        return new Version(1, key.check(), key.seal(made, FINGERPRINT_KEY, random));
    }

    /** The version after the one in force, with the same key of fingerprints. */
    public Version following(MasterKey key) {
        return new Version(inForce + 1, key.check(), key.seal(fingerprints(), FINGERPRINT_KEY, random));
    }

    /** Seals with the version in force. */
    public Sealed seal(byte[] secret, String belongsTo) {
        MasterKey key = byVersion.get(inForce);
        if (key == null) {
            throw new IllegalStateException("master key version " + inForce + " is not here");
        }
        return new Sealed(inForce, key.seal(secret, belongsTo, random));
    }

    /**
     * What was sealed with {@code version}.
     *
     * @throws GeneralSecurityException when that version is not here, or the secret was changed or belongs elsewhere
     */
    public byte[] open(int version, byte[] sealed, String belongsTo) throws GeneralSecurityException {
        MasterKey key = byVersion.get(version);
        if (key == null) {
            throw new GeneralSecurityException("master key version " + version + " is not here");
        }
        return key.open(sealed, belongsTo);
    }

    /** Says whether two secrets are the same, under every version of the master key, and nothing else. */
    public byte[] fingerprint(byte[] secret) {
        return MasterKey.hmac(fingerprints(), secret);
    }

    private byte[] fingerprints() {
        byte[] key = fingerprintKey;
        if (key == null) {
            throw new IllegalStateException("the key of fingerprints cannot be opened");
        }
        return key;
    }
}
