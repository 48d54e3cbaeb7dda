package dev.mehari.telemetry;

/** The database, as JMX shows it. */
@Described("The database and the pool of connections to it")
public interface DatabaseMXBean {
    @Described("False while the database is away")
    boolean isReachable();

    @Described(value = "Connections in use", unit = "connections")
    int getBusyConnections();

    @Described(value = "Connections kept for the next work", unit = "connections")
    int getIdleConnections();

    @Described(value = "Pieces of work that wait for a connection, or for a thread", unit = "tasks")
    int getWaiting();
}
