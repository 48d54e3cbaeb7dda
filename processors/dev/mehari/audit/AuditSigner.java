package dev.mehari.audit;

/** The gateway's own key, with which it signs. Threads may share it. */
public interface AuditSigner {
    /** Ed25519, as X.509 writes public keys. */
    byte[] publicKey();

    /** Signs. */
    byte[] sign(byte[] bytes);
}
