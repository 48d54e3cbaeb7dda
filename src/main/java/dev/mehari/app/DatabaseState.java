package dev.mehari.app;

import dev.mehari.storage.Database;
import dev.mehari.telemetry.DatabaseView;

/** Shows the database to metrics. */
record DatabaseState(Database database) implements DatabaseView {
    @Override
    public int busy() {
        return database.busyConnections();
    }

    @Override
    public int idle() {
        return database.idleConnections();
    }

    @Override
    public int waiting() {
        return database.waiting();
    }

    @Override
    public boolean reachable() {
        return database.watch().awayFor().isZero();
    }
}
