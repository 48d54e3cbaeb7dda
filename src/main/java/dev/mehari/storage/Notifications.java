package dev.mehari.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** PostgreSQL's notifications on a connection. */
final class Notifications {
    private final PGConnection connection;

    /** What {@code NOTIFY channel, payload} said; an empty payload where it had none. */
    record Notification(String channel, String payload) {}

    Notifications(Connection connection) throws SQLException {
        this.connection = connection.unwrap(PGConnection.class);
    }

    /** Waits up to {@code millis} for the next ones; empty when there was none. */
    List<Notification> await(int millis) throws SQLException {
        List<Notification> heard = new ArrayList<>();
        PGNotification[] several = connection.getNotifications(millis);
        if (several != null) {
            for (PGNotification one : several) {
                heard.add(new Notification(one.getName(), one.getParameter()));
            }
        }
        return heard;
    }
}
