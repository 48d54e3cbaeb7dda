package dev.mehari.storage.ledger;

import dev.mehari.config.LimitsConfig;
import dev.mehari.storage.Database;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.postgresql.PGConnection;

/** One connection to the functions of the ledger, used by one thread. */
final class LedgerSession implements AutoCloseable {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(2);
    /** Longer than any healthy round trip; callers have been answered long before. */
    private static final String SOCKET_PATIENCE_SECONDS = "2";
    /**
     * Index scans, whatever the statistics of the small and ever-changing tables say: generic plans cost 229 us of server
     * time per decision, the plans chosen by default 380.
     */
    private static final String PLANS =
            "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off;"
                    + " set enable_hashjoin = off; set enable_mergejoin = off; set jit = off";

    /** Classes of SQLSTATE that are about a statement and its data, not about the server: data, constraints, raised. */
    private static final Set<String> OF_STATEMENT = Set.of("21", "22", "23", "P0");

    private static final String DECIDE =
            "select * from decide_20(?, ?, ?, true, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String ADOPT = "select adopt(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final Connection connection;
    private final PGConnection arrays;
    private final PreparedStatement decide;
    private final PreparedStatement adopt;
    private final LongSupplier nanos;

    private LedgerSession(Connection connection, int owner, LimitsConfig config, LongSupplier nanos)
            throws SQLException {
        this.connection = connection;
        this.nanos = nanos;
        arrays = connection.unwrap(PGConnection.class);
        try (Statement settings = connection.createStatement()) {
            settings.execute(PLANS);
        }
        decide = connection.prepareStatement(DECIDE);
        adopt = connection.prepareStatement(ADOPT);
        for (PreparedStatement statement : List.of(decide, adopt)) {
            statement.setInt(1, owner);
            statement.setInt(2, Math.toIntExact(config.lease().toMillis()));
            statement.setBoolean(3, config.decisionLog());
        }
    }

    /** @param nanos the clock by which leases were granted */
    static LedgerSession open(Database database, int owner, LimitsConfig config, LongSupplier nanos)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("socketTimeout", SOCKET_PATIENCE_SECONDS);
        Connection connection = database.connect("mehari-ledger", CONNECT_PATIENCE, properties);
        try {
            return new LedgerSession(connection, owner, config, nanos);
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
    }

    /** One round trip and one transaction, committed when this returns. */
    Answers decide(Batch batch) throws SQLException {
        long[] keys = batch.keys();
        List<Acquire> acquires = batch.acquires();
        int[] asked = new int[keys.length];
        int[] places = places(keys, acquires, Acquire::keyId);
        for (int place : places) {
            asked[place - 1]++;
        }
        List<Settlement> settlements = batch.settlements();
        List<Held> renewals = batch.renewals();
        int at = 4;
        decide.setArray(at++, array(keys));
        decide.setArray(at++, array(asked));
        decide.setArray(at++, array(places(keys, settlements, Settlement::keyId)));
        decide.setArray(at++, array(numbers(settlements, Settlement::leaseId)));
        decide.setArray(at++, array(counts(settlements, Settlement::requests)));
        decide.setArray(at++, array(numbers(settlements, one -> one.used().tokens())));
        decide.setArray(at++, array(numbers(settlements, one -> one.used().nanoDollars())));
        at = setRunning(at, settlements);
        decide.setArray(at++, array(places(keys, renewals, Held::keyId)));
        decide.setArray(at++, array(numbers(renewals, Held::id)));
        decide.setArray(at++, array(places));
        decide.setArray(at++, array(numbers(batch.leaseIds(), Long::longValue)));
        decide.setArray(at++, array(counts(acquires, Acquire::calls)));
        decide.setArray(at++, array(counts(acquires, Acquire::requests)));
        decide.setArray(at++, array(numbers(acquires, one -> one.charge().tokens())));
        decide.setArray(at, array(numbers(acquires, one -> one.charge().nanoDollars())));
        try (ResultSet row = decide.executeQuery()) {
            row.next();
            return Answers.of(row);
        }
    }

    private int setRunning(int from, List<Settlement> settlements) throws SQLException {
        List<Long> of = new ArrayList<>();
        List<Held> running = new ArrayList<>();
        for (Settlement settlement : settlements) {
            for (Held call : settlement.running()) {
                of.add(settlement.leaseId());
                running.add(call);
            }
        }
        long now = nanos.getAsLong();
        int at = from;
        decide.setArray(at++, array(numbers(of, Long::longValue)));
        decide.setArray(at++, array(numbers(running, Held::id)));
        decide.setArray(at++, array(numbers(running, one -> ageMillis(one, now))));
        decide.setArray(at++, array(numbers(running, one -> one.reserved().tokens())));
        decide.setArray(at++, array(numbers(running, one -> one.reserved().nanoDollars())));
        return at;
    }

    private static long ageMillis(Held lease, long now) {
        return Math.max(0, (now - lease.grantedNanos()) / 1_000_000);
    }

    /**
     * Enters {@code leases} that were granted alone, and revives those that the database knew before, even after they
     * lapsed. Returns the ids of the latter that are gone. May be repeated.
     */
    Set<Long> adopt(List<Held> leases, long nowNanos) throws SQLException {
        adopt.setArray(4, array(Batch.distinct(numbers(leases, Held::keyId))));
        adopt.setArray(5, array(numbers(leases, Held::keyId)));
        adopt.setArray(6, array(numbers(leases, Held::id)));
        adopt.setArray(7, array(numbers(leases, one -> ageMillis(one, nowNanos))));
        adopt.setArray(8, array(numbers(leases, one -> one.reserved().tokens())));
        adopt.setArray(9, array(numbers(leases, one -> one.reserved().nanoDollars())));
        adopt.setArray(10, array(leases.stream().mapToInt(LedgerSession::state).toArray()));
        try (ResultSet row = adopt.executeQuery()) {
            row.next();
            return Set.of(Answers.longs(row, 1));
        }
    }

    private static int state(Held lease) {
        if (lease.isEntered()) {
            return 0;
        }
        return lease.isSettled() ? 2 : 1;
    }

    /** True when {@code failure} was the statement's, and the next one may succeed on this connection. */
    boolean outlives(SQLException failure) throws SQLException {
        String state = failure.getSQLState();
        return state != null
                && state.length() == 5
                && OF_STATEMENT.contains(state.substring(0, 2))
                && !connection.isClosed();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private Array array(long[] numbers) throws SQLException {
        return arrays.createArrayOf("int8", numbers);
    }

    private Array array(int[] numbers) throws SQLException {
        return arrays.createArrayOf("int4", numbers);
    }

    private static <T> long[] numbers(List<T> things, ToLongFunction<T> number) {
        long[] numbers = new long[things.size()];
        for (int place = 0; place < numbers.length; place++) {
            numbers[place] = number.applyAsLong(things.get(place));
        }
        return numbers;
    }

    private static <T> int[] counts(List<T> things, ToIntFunction<T> count) {
        return things.stream().mapToInt(count).toArray();
    }

    /** Where each thing's key is in {@code keys}, from 1. */
    private static <T> int[] places(long[] keys, List<T> things, ToLongFunction<T> key) {
        int[] places = new int[things.size()];
        for (int place = 0; place < places.length; place++) {
            places[place] = Arrays.binarySearch(keys, key.applyAsLong(things.get(place))) + 1;
        }
        return places;
    }
}
