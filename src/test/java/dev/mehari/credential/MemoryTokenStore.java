package dev.mehari.credential;

import dev.mehari.config.Secret;
import dev.mehari.failure.StorageUnavailable;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens in memory, as the table keeps them; can be away. */
final class MemoryTokenStore implements TokenStore {
    static final class Row {
        boolean enabled = true;
        long version;

        @Nullable
        Instant expires;

        @Nullable
        Instant refreshed;

        @Nullable
        Instant claimed;

        @Nullable
        Instant resting;

        String access = "old";
        String refresh = "grant-0";
        String error = "";
    }

    final Map<Long, Row> rows = new LinkedHashMap<>();
    private final Clock clock;
    boolean isAway;

    MemoryTokenStore(Clock clock) {
        this.clock = clock;
    }

    synchronized Row add(long id, @Nullable Instant expires) {
        Row row = new Row();
        row.expires = expires;
        rows.put(id, row);
        return row;
    }

    private void check() throws StorageUnavailable {
        if (isAway) {
            throw new StorageUnavailable("away", Duration.ofSeconds(1), null);
        }
    }

    private boolean isAhead(@Nullable Instant time) {
        return time != null && time.isAfter(clock.instant());
    }

    @Override
    public synchronized List<Long> due(Instant before) throws StorageUnavailable {
        check();
        List<Long> due = new ArrayList<>();
        rows.forEach((id, row) -> {
            if (row.enabled
                    && (row.expires == null || !row.expires.isAfter(before))
                    && !isAhead(row.claimed)
                    && !isAhead(row.resting)) {
                due.add(id);
            }
        });
        return due;
    }

    @Override
    public synchronized @Nullable TokenState state(long credential) throws StorageUnavailable {
        check();
        Row row = rows.get(credential);
        return row == null
                ? null
                : new TokenState(
                        credential,
                        "up",
                        "c" + credential,
                        row.enabled,
                        row.version,
                        row.expires,
                        row.refreshed,
                        isAhead(row.claimed),
                        isAhead(row.resting),
                        row.error);
    }

    @Override
    public synchronized @Nullable Grant claim(long credential, long tokenVersion, Instant until)
            throws StorageUnavailable {
        check();
        Row row = rows.get(credential);
        if (row == null || row.version != tokenVersion || isAhead(row.claimed)) {
            return null;
        }
        row.claimed = until;
        return new Grant(URI.create("http://token.test"), "client", null, new Secret(row.refresh), "", null);
    }

    @Override
    public synchronized void store(long credential, long tokenVersion, Tokens tokens) throws StorageUnavailable {
        check();
        Row row = rows.get(credential);
        if (row.version == tokenVersion) {
            row.version++;
            row.access = tokens.accessToken().reveal();
            row.refresh = tokens.refreshToken() == null
                    ? row.refresh
                    : tokens.refreshToken().reveal();
            row.expires = tokens.expires();
            row.refreshed = clock.instant();
            row.claimed = null;
            row.resting = null;
        }
    }

    @Override
    public synchronized void failed(long credential, long tokenVersion, String reason, Instant notBefore)
            throws StorageUnavailable {
        check();
        Row row = rows.get(credential);
        row.claimed = null;
        row.resting = notBefore;
        row.error = reason;
    }

    @Override
    public synchronized void refused(long credential, long tokenVersion, String reason) throws StorageUnavailable {
        check();
        Row row = rows.get(credential);
        row.claimed = null;
        row.enabled = false;
        row.error = reason;
    }
}
