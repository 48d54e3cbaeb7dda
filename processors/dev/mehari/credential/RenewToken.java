package dev.mehari.credential;

import dev.mehari.credential.TokenStore.TokenState;
import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Fetches a new token because an operator wants one, due or not. Blocks for 20 s at most. */
public final class RenewToken {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TokenKeeper keeper;
    private final TokenStore store;

    public RenewToken(TokenKeeper keeper, TokenStore store) {
        this.keeper = keeper;
        this.store = store;
    }

    /** Returns null when there is a new token, else why there is none, without anything secret. */
    public @Nullable String refresh(long credential) throws StorageUnavailable {
        TokenState before = store.state(credential);
        if (before == null) {
            return "it is no OAuth credential";
        }
        if (!before.enabled()) {
            return "it is disabled";
        }
        CountDownLatch ended = new CountDownLatch(1);
        keeper.renew(credential, before.version(), ended::countDown);
        try {
            if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return "timeout";
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
        TokenState after = store.state(credential);
        if (after != null && after.version() > before.version()) {
            return null;
        }
        return after == null || after.error() == null ? "no new token" : after.error();
    }
}
