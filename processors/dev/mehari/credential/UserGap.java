package dev.mehari.credential;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Whose turn it is to send a person's message with a credential, over all instances. Does not block; any thread. */
@FunctionalInterface
public interface UserGap {
    /**
     * Reserves the next turn of {@code credential}, at least {@code gap} after the one before.
     *
     * @return how long to wait for it from now on; null, and nothing is reserved, when that is longer than {@code longest}.
     *     Fails when nobody can tell
     */
    CompletionStage<@Nullable Duration> reserve(long credential, Duration gap, Duration longest);
}
