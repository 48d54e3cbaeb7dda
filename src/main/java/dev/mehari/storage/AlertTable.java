package dev.mehari.storage;

import dev.mehari.alert.AlertEvent;
import dev.mehari.alert.AlertJson;
import dev.mehari.alert.AlertName;
import dev.mehari.alert.AlertRule;
import dev.mehari.alert.AlertRule.Severity;
import dev.mehari.alert.AlertStore;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table {@code alert_event}; events older than 30 days, and all but the latest 10,000, are deleted as new ones come. */
public final class AlertTable implements AlertStore {
    private static final Logger LOG = LoggerFactory.getLogger(AlertTable.class);
    private static final String INSERT =
            "insert into alert_event (at, instance, name, level, raised, value, above) values (?, ?, ?, ?, ?, ?, ?)";
    /** By the index on the time, and by the primary key. */
    private static final String FORGET = "delete from alert_event where at < now() - interval '30 days'"
            + " or id <= (select max(id) - 10000 from alert_event)";

    private final Database database;

    public AlertTable(Database database) {
        this.database = database;
    }

    @Override
    public void add(List<AlertEvent> events) throws StorageUnavailable {
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(INSERT);
                PreparedStatement forget = connection.prepareStatement(FORGET)) {
            for (AlertEvent event : events) {
                insert.setObject(1, event.at().atOffset(ZoneOffset.UTC));
                insert.setString(2, event.instance());
                insert.setString(3, event.rule().name().text());
                insert.setString(4, AlertJson.level(event.rule()));
                insert.setBoolean(5, event.raised());
                insert.setDouble(6, event.value());
                insert.setInt(7, event.rule().above());
                insert.addBatch();
            }
            insert.executeBatch();
            forget.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("writing alerts down", failure);
        }
    }

    @Override
    public List<AlertEvent> latest(int most) throws StorageUnavailable {
        String sql = "select at, instance, name, level, raised, value, above from alert_event"
                + " order by at desc, id desc limit ?";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, most);
            try (ResultSet rows = select.executeQuery()) {
                List<AlertEvent> events = new ArrayList<>();
                while (rows.next()) {
                    addTo(events, rows);
                }
                return events;
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("reading alerts", failure);
        }
    }

    private static void addTo(List<AlertEvent> events, ResultSet row) throws SQLException {
        String name = row.getString("name");
        try {
            events.add(new AlertEvent(
                    Objects.requireNonNull(KeyRow.instant(row, "at")),
                    row.getString("instance"),
                    new AlertRule(
                            AlertName.valueOf(name.toUpperCase(Locale.ROOT)),
                            Severity.valueOf(row.getString("level").toUpperCase(Locale.ROOT)),
                            row.getInt("above")),
                    row.getBoolean("raised"),
                    row.getDouble("value")));
        } catch (IllegalArgumentException odd) {
            LOG.debug("An alert named {} is left out", name, odd);
        }
    }
}
