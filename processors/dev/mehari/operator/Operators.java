package dev.mehari.operator;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.operator.OperatorStore.SessionLife;
import dev.mehari.operator.OperatorStore.StoredPassword;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Logs operators in and out. A session is good on every instance that shares the storage; it ends when it was idle for too
 * long, at its longest age, at logout, and when the password changes. Methods block, and those that take a password also use
 * a processor for about a quarter of a second.
 */
public final class Operators {
    /** Fewest characters of a password. */
    public static final int SHORTEST_PASSWORD = 12;

    /** Most characters of a password. */
    public static final int LONGEST_PASSWORD = 200;

    private final OperatorStore store;
    private final LoginThrottle throttle;
    private final SessionLife life;
    private final int rounds;
    private final SecureRandom random;

    /**
     * Logs in whom {@code store} knows.
     *
     * @param rounds of new password hashes, {@link PasswordHash#ROUNDS} but for tests
     */
    public Operators(OperatorStore store, LoginThrottle throttle, SessionLife life, int rounds, SecureRandom random) {
        this.store = store;
        this.throttle = throttle;
        this.life = life;
        this.rounds = rounds;
        this.random = random;
    }

    /** True for a text that may become the password. */
    public static boolean isAcceptable(String password) {
        int length = password.codePointCount(0, password.length());
        return length >= SHORTEST_PASSWORD && length <= LONGEST_PASSWORD && !password.isBlank();
    }

    /**
     * Opens a session.
     *
     * @param address whom to slow down when the password is wrong
     */
    public Login logIn(String password, String address) throws StorageUnavailable {
        Optional<StoredPassword> stored = store.password();
        if (stored.isEmpty()) {
            return new Login.NoPasswordSet();
        }
        Optional<Login> refusal = refusal(password, address, stored.get());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        SessionToken token = SessionToken.random(random);
        return store.begin(token.hash(), stored.get().version(), life)
                ? new Login.Accepted(token)
                : new Login.WrongPassword();
    }

    /** Why {@code password} would not log in from {@code address}, slowed down as logins are; empty when it would. */
    public Optional<Login> refusal(String password, String address) throws StorageUnavailable {
        Optional<StoredPassword> stored = store.password();
        return stored.isEmpty() ? Optional.of(new Login.NoPasswordSet()) : refusal(password, address, stored.get());
    }

    private Optional<Login> refusal(String password, String address, StoredPassword stored) {
        Optional<Duration> wait = throttle.begin(address);
        if (wait.isPresent()) {
            return Optional.of(new Login.TooMany(wait.get()));
        }
        boolean right = false;
        try {
            right = matches(password, stored);
        } finally {
            throttle.end(address, !right);
        }
        return right ? Optional.empty() : Optional.of(new Login.WrongPassword());
    }

    /** Notes that a session was used; answers when it ends at the latest, empty when it is none. */
    public Optional<Instant> use(SessionToken token) throws StorageUnavailable {
        return store.use(token.hash(), life);
    }

    /** Ends a session, if it is one. */
    public void logOut(SessionToken token) throws StorageUnavailable {
        store.end(token.hash());
    }

    /** Sets the password, which {@link #isAcceptable}, and ends all sessions. */
    public void setPassword(String password) throws StorageUnavailable {
        store.setPassword(PasswordHash.of(password, rounds, random).text());
    }

    /** Sets the password unless it is this one already, so that a restart ends no session. */
    public void ensurePassword(String password) throws StorageUnavailable {
        Optional<StoredPassword> stored = store.password();
        if (stored.isEmpty() || !matches(password, stored.get())) {
            setPassword(password);
        }
    }

    private static boolean matches(String password, StoredPassword stored) {
        return password.length() <= LONGEST_PASSWORD * 2
                && PasswordHash.parse(stored.hash()).matches(password);
    }
}
