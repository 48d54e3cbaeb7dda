package dev.mehari.operator;

import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Keeps the password and the sessions for all instances. Its clock is the storage's, one for all. Methods block. */
public interface OperatorStore {
    /**
     * The password in force.
     *
     * @param hash text form of a {@link PasswordHash}
     * @param version another one after every change
     */
    record StoredPassword(String hash, String version) {}

    /**
     * When a session ends by itself.
     *
     * @param idle longest time between two requests
     * @param longest time since the login
     */
    record SessionLife(Duration idle, Duration longest) {}

    /** Empty while none is set. */
    Optional<StoredPassword> password() throws StorageUnavailable;

    /** Sets the password and ends all sessions, both or neither. */
    void setPassword(String hash) throws StorageUnavailable;

    /** Keeps a new session; false, and nothing kept, when the password has changed since {@code version}. */
    boolean begin(String tokenHash, String version, SessionLife life) throws StorageUnavailable;

    /** Notes that a session was used; answers when it ends at the latest, empty when it has ended or never was. */
    Optional<Instant> use(String tokenHash, SessionLife life) throws StorageUnavailable;

    /** Ends a session, if it is one. */
    void end(String tokenHash) throws StorageUnavailable;
}
