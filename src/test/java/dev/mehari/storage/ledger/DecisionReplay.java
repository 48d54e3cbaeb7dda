package dev.mehari.storage.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Replays the decision log of a database: every grant must have had room under every limit of its key at its instant,
 * every refusal must have been due, every lease must have ended once at most, and at the end the leases that the log says are held
 * must be those in the table. What was granted alone during an outage is counted, but may pass a limit. Every key's log must
 * reach back to the key's first call, and its limits must not have changed but for those in the rows.
 *
 * <p>As a program, {@code DecisionReplay JDBC-URL}: prints what it found; exit code 0 when nothing is wrong, 1 when something
 * is.
 */
final class DecisionReplay {
    private final Map<Long, KeyReplay> keys = new HashMap<>();
    private final Map<String, Long> decisions = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    private DecisionReplay() {}

    static DecisionReplay of(String url) throws SQLException {
        DecisionReplay replay = new DecisionReplay();
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            replay.read(connection);
            replay.compareLeases(connection);
        }
        return replay;
    }

    List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        keys.values().forEach(key -> all.addAll(key.faults()));
        return all;
    }

    /** How many there are of each kind. */
    Map<String, Long> decisions() {
        return decisions;
    }

    long count(String what) {
        return decisions.getOrDefault(what, 0L);
    }

    /** The most leases that a key held at any instant. */
    int mostHeld(long keyId) {
        return keys.get(keyId).mostHeld();
    }

    private void read(Connection connection) throws SQLException {
        try (Statement select = connection.createStatement()) {
            select.setFetchSize(10_000);
            try (ResultSet rows = select.executeQuery("select * from limit_decision order by id")) {
                while (rows.next()) {
                    LoggedDecision one = LoggedDecision.of(rows);
                    decisions.merge(one.what(), 1L, Long::sum);
                    keys.computeIfAbsent(one.keyId(), KeyReplay::new).next(one);
                }
            }
        }
    }

    private void compareLeases(Connection connection) throws SQLException {
        Map<Long, Integer> inTable = new HashMap<>();
        try (Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("select key_id, sum(calls) from lease group by key_id")) {
            while (rows.next()) {
                inTable.put(rows.getLong(1), rows.getInt(2));
            }
        }
        keys.forEach((key, replay) -> {
            int rows = inTable.getOrDefault(key, 0);
            if (rows != replay.held()) {
                faults.add("key " + key + " has " + rows + " leases, by its log " + replay.held());
            }
        });
    }

    public static void main(String[] arguments) throws SQLException {
        if (arguments.length != 1) {
            System.err.println("usage: DecisionReplay JDBC-URL");
            System.exit(2);
        }
        DecisionReplay replay = of(arguments[0]);
        System.out.println(replay.keys.size() + " keys: " + replay.decisions);
        replay.faults().stream().limit(50).forEach(System.out::println);
        System.out.println(replay.faults().size() + " violations");
        System.exit(replay.faults().isEmpty() ? 0 : 1);
    }
}
