package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamEntry;
import dev.mehari.upstream.UpstreamStore;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables {@code upstream}, whose trigger tells every instance of each change, and {@code upstream_event}, where events
 * stay for 30 days. A row that SQL has made odd is left out and told of in the log.
 */
public final class UpstreamTable implements UpstreamStore {
    /** Notified of every change to {@code upstream}, with no payload. */
    public static final String CHANNEL = "mehari_upstream";

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTable.class);
    private static final String EVENT =
            "insert into upstream_event (at, upstream, credential, what, detail) values (?, ?, ?, ?, ?)";

    private final Database database;
    private final @Nullable URI forwardProxy;

    /** @param forwardProxy for upstreams that say nothing of one; null for none */
    public UpstreamTable(Database database, @Nullable URI forwardProxy) {
        this.database = database;
        this.forwardProxy = forwardProxy;
    }

    /** One who holds what the table has. Blocks. */
    @FunctionalInterface
    public interface Holder {
        void reload() throws StorageUnavailable;
    }

    /** Keeps {@code holders} as this table is, whoever changes it; each in turn, on the listener's thread. */
    public static void follow(ChangeListener listener, List<Holder> holders) {
        listener.subscribe(CHANNEL, new ChangeListener.Subscriber() {
            @Override
            public void changed(String payload) throws StorageUnavailable {
                anythingChanged();
            }

            @Override
            public void anythingChanged() throws StorageUnavailable {
                for (Holder holder : holders) {
                    holder.reload();
                }
            }
        });
    }

    @Override
    public List<Upstream> load() throws StorageUnavailable {
        String sql = "select " + UpstreamRow.ENTRY + " from upstream where enabled order by id";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<Upstream> upstreams = new ArrayList<>();
            while (rows.next()) {
                addTo(upstreams, rows);
            }
            return upstreams;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading upstreams", failure);
        }
    }

    private void addTo(List<Upstream> upstreams, ResultSet row) throws SQLException {
        String name = row.getString("name");
        try {
            upstreams.add(UpstreamRow.fields(row).upstream(row.getLong("id"), forwardProxy));
        } catch (IllegalArgumentException odd) {
            LOG.warn("The upstream {} is left out, since its row is odd: {}", name, odd.getMessage());
        }
    }

    @Override
    public List<Failed> failed() throws StorageUnavailable {
        String sql = "select " + UpstreamRow.ENTRY + " from upstream where failed_at is not null order by id";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<Failed> failed = new ArrayList<>();
            while (rows.next()) {
                UpstreamEntry entry = UpstreamRow.entry(rows);
                failed.add(Objects.requireNonNull(entry.failed()));
            }
            return failed;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading which upstreams have failed", failure);
        }
    }

    @Override
    public void markFailed(String upstream, String reason) throws StorageUnavailable {
        String sql = "with marked as (update upstream set failed_at = now(), failed_reason = ?"
                + " where name = ? and failed_at is null returning name)"
                + " insert into upstream_event (upstream, what, detail) select name, 'failed', ? from marked";
        try (Connection connection = database.connection();
                PreparedStatement mark = connection.prepareStatement(sql)) {
            mark.setString(1, reason);
            mark.setString(2, upstream);
            mark.setString(3, reason);
            mark.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("marking an upstream as failed", failure);
        }
    }

    @Override
    public void markRecovered(String upstream) throws StorageUnavailable {
        String sql = "with marked as (update upstream set failed_at = null, failed_reason = null"
                + " where name = ? and failed_at is not null returning name)"
                + " insert into upstream_event (upstream, what) select name, 'recovered' from marked";
        try (Connection connection = database.connection();
                PreparedStatement mark = connection.prepareStatement(sql)) {
            mark.setString(1, upstream);
            mark.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("marking an upstream as recovered", failure);
        }
    }

    @Override
    public void note(List<Event> events) throws StorageUnavailable {
        if (events.isEmpty()) {
            return;
        }
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(EVENT);
                PreparedStatement forget = connection.prepareStatement(
                        "delete from upstream_event where at < now() - interval '30 days'")) {
            for (Event event : events) {
                insert.setObject(1, event.at().atOffset(ZoneOffset.UTC));
                insert.setString(2, event.upstream());
                insert.setString(3, event.credential());
                insert.setString(4, event.what());
                insert.setString(5, event.detail());
                insert.addBatch();
            }
            insert.executeBatch();
            forget.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("writing events down", failure);
        }
    }
}
