package dev.mehari.storage;

import dev.mehari.storage.vault.Keyring.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The table {@code master_key}: how to recognise the keys that have sealed something. */
final class MasterKeyTable {
    private MasterKeyTable() {}

    static List<Version> versions(Connection connection) throws SQLException {
        String sql = "select version, check_value, fingerprint_key from master_key order by version";
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<Version> versions = new ArrayList<>();
            while (rows.next()) {
                versions.add(new Version(
                        rows.getInt("version"), rows.getBytes("check_value"), rows.getBytes("fingerprint_key")));
            }
            return versions;
        }
    }

    /** Until the transaction ends no version is added; many may hold this. */
    static void holdStill(Connection connection) throws SQLException {
        lock(connection, "row share");
    }

    /** Waits for all who hold it still, and lets nobody else until the transaction ends. */
    static void takeAlone(Connection connection) throws SQLException {
        lock(connection, "exclusive");
    }

    static void add(Connection connection, Version version) throws SQLException {
        String sql = "insert into master_key (version, check_value, fingerprint_key) values (?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, version.number());
            insert.setBytes(2, version.check());
            insert.setBytes(3, version.fingerprintKey());
            insert.executeUpdate();
        }
    }

    private static void lock(Connection connection, String mode) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("lock table master_key in " + mode + " mode");
        }
    }
}
