package dev.mehari.storage;

import dev.mehari.credential.UserGap;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * When people's messages may be sent, in {@code credential.next_user_at}, by its primary key. One statement reserves, under
 * the row's lock, by the database's clock.
 */
public final class UserGapTable implements UserGap {
    private static final String RESERVE = """
            update credential
               set next_user_at = greatest(coalesce(next_user_at, clock_timestamp()), clock_timestamp())
                                  + ? * interval '1 microsecond'
             where id = ?
               and (next_user_at is null or next_user_at <= clock_timestamp() + ? * interval '1 microsecond')
            returning (extract(epoch from next_user_at - clock_timestamp()) * 1000000)::bigint - ?
            """;

    private final Database database;
    private final Executor threads;

    public UserGapTable(Database database) {
        this.database = database;
        this.threads = database.threads();
    }

    @Override
    public CompletionStage<@Nullable Duration> reserve(long credential, Duration gap, Duration longest) {
        CompletableFuture<@Nullable Duration> reserved = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    reserved.complete(reserveNow(credential, micros(gap), micros(longest)));
                } catch (StorageUnavailable away) {
                    reserved.completeExceptionally(away);
                }
            });
        } catch (RejectedExecutionException full) {
            reserved.completeExceptionally(full);
        }
        return reserved;
    }

    private @Nullable Duration reserveNow(long credential, long gap, long longest) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(RESERVE)) {
            update.setLong(1, gap);
            update.setLong(2, credential);
            update.setLong(3, longest);
            update.setLong(4, gap);
            try (ResultSet row = update.executeQuery()) {
                return row.next() ? Duration.ofNanos(Math.max(0, row.getLong(1)) * 1_000) : null;
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("waiting for a turn", failure);
        }
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }
}
