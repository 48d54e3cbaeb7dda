package dev.mehari.storage;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's notifications on a connection. By reflection, since the driver's package refers to annotations that it
 * does not ship, and javac warns of them wherever a class of that package is named.
 */
final class Notifications {
    private final Object connection;
    private final Method get;
    private final Method name;
    private final Method parameter;

    /** What {@code NOTIFY channel, payload} said; an empty payload where it had none. */
    record Notification(String channel, String payload) {}

    Notifications(Connection connection) throws SQLException {
        try {
            Class<?> driver = Class.forName("org.postgresql.PGConnection");
            Class<?> notification = Class.forName("org.postgresql.PGNotification");
            this.connection = connection.unwrap(driver);
            get = driver.getMethod("getNotifications", int.class);
            name = notification.getMethod("getName");
            parameter = notification.getMethod("getParameter");
        } catch (ReflectiveOperationException anotherDriver) {
            throw new SQLException("the driver of PostgreSQL is not the expected one", anotherDriver);
        }
    }

    /** Waits up to {@code millis} for the next ones; empty when there was none. */
    List<Notification> await(int millis) throws SQLException {
        List<Notification> heard = new ArrayList<>();
        try {
            Object several = get.invoke(connection, millis);
            for (int i = 0; several != null && i < Array.getLength(several); i++) {
                Object one = Array.get(several, i);
                heard.add(new Notification(text(name.invoke(one)), text(parameter.invoke(one))));
            }
        } catch (InvocationTargetException failure) {
            if (failure.getCause() instanceof SQLException lost) {
                throw lost;
            }
            throw new SQLException("listening failed", failure);
        } catch (IllegalAccessException failure) {
            throw new SQLException("listening failed", failure);
        }
        return heard;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
