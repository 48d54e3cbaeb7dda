package dev.mehari.credential;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * Which credential each conversation is with, so that the upstream's prompt cache hits. The one whose last call is the
 * longest ago is forgotten first, beyond {@value #MOST}. For any thread.
 */
final class Conversations {
    private static final long MOST = 100_000;

    /**
     * Where a conversation goes.
     *
     * @param credential 0 where the upstream has none in the pool
     */
    record With(String upstream, long credential, long stickyNanos) {}

    private final Cache<Long, With> all;

    Conversations(Ticker ticker) {
        all = Caffeine.newBuilder()
                .maximumSize(MOST)
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfter(new SinceLastCall())
                .build();
    }

    @Nullable
    With of(long conversation) {
        return all.getIfPresent(conversation);
    }

    void put(long conversation, With with) {
        all.put(conversation, with);
    }

    private static final class SinceLastCall implements Expiry<Long, With> {
        @Override
        public long expireAfterCreate(Long conversation, With with, long now) {
            return with.stickyNanos();
        }

        @Override
        public long expireAfterUpdate(Long conversation, With with, long now, long left) {
            return with.stickyNanos();
        }

        @Override
        public long expireAfterRead(Long conversation, With with, long now, long left) {
            return with.stickyNanos();
        }
    }
}
