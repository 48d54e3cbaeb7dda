package dev.mehari.storage;

import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of changes that any instance, or anyone with SQL, made: PostgreSQL's LISTEN on a connection and a thread of its
 * own. Whenever the connection is made, every subscriber is told that anything may have changed, since what was said
 * while nobody listened is lost, and when it is lost, that nothing is heard. A lost connection is noticed within two seconds and sought again every 100 ms to 1 s.
 */
public final class ChangeListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeListener.class);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(2);
    private static final int POLL_MILLIS = 500;
    private static final int ALIVE_PATIENCE_SECONDS = 2;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    /** One who wants to know. Called on the listener's thread; may block for as long as a query takes. */
    public interface Subscriber {
        /** What {@code payload} names has changed. */
        void changed(String payload) throws StorageUnavailable;

        /** Anything may have changed. */
        void anythingChanged() throws StorageUnavailable;

        /** Nothing is heard until {@link #anythingChanged} is called. */
        default void lost() {}
    }

    private final DatabaseAddress address;
    private final DatabaseWatch watch;
    private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "mehari-db-listen");
    private volatile @Nullable Connection current;

    ChangeListener(DatabaseAddress address, DatabaseWatch watch) {
        this.address = address;
        this.watch = watch;
        thread.setDaemon(true);
    }

    /** Before {@link #start}: {@code subscriber} is told of notifications on {@code channel}, one subscriber each. */
    public void subscribe(String channel, Subscriber subscriber) {
        if (subscribers.putIfAbsent(channel, subscriber) != null) {
            throw new IllegalStateException(channel + " has a subscriber");
        }
    }

    /** Begins to listen; the first thing that subscribers hear is that anything may have changed. */
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        stopped.countDown();
        Connection connection = current;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException alreadyGone) {
                LOG.trace("Listener's connection was gone", alreadyGone);
            }
        }
        try {
            thread.join(CONNECT_PATIENCE.plusSeconds(1).toMillis());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isRunning() {
        return stopped.getCount() > 0;
    }

    @SuppressWarnings("IllegalCatch") // one subscriber's fault must not end listening for good
    private void run() {
        long pause = FIRST_PAUSE_MILLIS;
        while (isRunning()) {
            boolean listened = false;
            try (Connection connection = address.connect("mehari-listen", CONNECT_PATIENCE)) {
                current = connection;
                Notifications notifications = new Notifications(connection);
                listen(connection);
                if (!watch.awayFor().isZero()) {
                    LOG.info("The database at {} is back", address);
                }
                watch.present();
                for (Subscriber subscriber : subscribers.values()) {
                    subscriber.anythingChanged();
                }
                listened = true;
                while (isRunning()) {
                    hear(connection, notifications);
                }
            } catch (SQLException | StorageUnavailable outage) {
                noteOutage(outage);
            } catch (RuntimeException broken) {
                LOG.error("A subscriber failed; everything is read anew", broken);
            } finally {
                current = null;
            }
            tellLost();
            pause = listened ? FIRST_PAUSE_MILLIS : Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            pause(pause);
        }
    }

    @SuppressWarnings("IllegalCatch") // nor does this end it
    private void tellLost() {
        for (Subscriber subscriber : subscribers.values()) {
            try {
                subscriber.lost();
            } catch (RuntimeException broken) {
                LOG.error("A subscriber failed", broken);
            }
        }
    }

    private void noteOutage(Exception outage) {
        if (isRunning()) {
            if (watch.awayFor().isZero()) {
                LOG.warn("The database at {} does not answer: {}", address, outage.getMessage());
            }
            watch.away();
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String channel : subscribers.keySet()) {
                statement.execute("listen " + channel);
            }
        }
    }

    private void hear(Connection connection, Notifications notifications) throws SQLException, StorageUnavailable {
        List<Notifications.Notification> heard = notifications.await(POLL_MILLIS);
        if (heard.isEmpty() && !connection.isValid(ALIVE_PATIENCE_SECONDS)) {
            throw new SQLException("the connection is lost");
        }
        for (Notifications.Notification notification : heard) {
            Subscriber subscriber = subscribers.get(notification.channel());
            if (subscriber != null) {
                tell(subscriber, notification.payload());
            }
        }
    }

    private static void tell(Subscriber subscriber, String payload) throws StorageUnavailable {
        if (payload.isEmpty()) {
            subscriber.anythingChanged();
        } else {
            subscriber.changed(payload);
        }
    }

    private void pause(long millis) {
        try {
            if (stopped.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.trace("Listening ends");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            stopped.countDown();
        }
    }
}
