package dev.mehari.storage;

import dev.mehari.credential.CredentialStore.Turn;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Turns of rotations in the tables {@code rotation} and {@code rotation_left}. A turn that was given back goes to the next
 * who asks, the oldest first. Each statement is a transaction; all are by primary key.
 */
final class RotationTable {
    private final Database database;

    RotationTable(Database database) {
        this.database = database;
    }

    Turn take(String upstream, int calls) throws StorageUnavailable {
        String left = "delete from rotation_left where (upstream_id, turn) = (select l.upstream_id, l.turn"
                + " from rotation_left l join upstream u on u.id = l.upstream_id where u.name = ?"
                + " order by l.turn limit 1 for update of l skip locked) returning turn, calls";
        String next = "insert into rotation (upstream_id, next_turn) select id, 1 from upstream where name = ?"
                + " on conflict (upstream_id) do update set next_turn = rotation.next_turn + 1"
                + " returning next_turn - 1 as turn";
        try (Connection connection = database.connection();
                PreparedStatement goOn = connection.prepareStatement(left);
                PreparedStatement begin = connection.prepareStatement(next)) {
            goOn.setString(1, upstream);
            try (ResultSet row = goOn.executeQuery()) {
                if (row.next()) {
                    return new Turn(row.getLong("turn"), row.getInt("calls"));
                }
            }
            begin.setString(1, upstream);
            try (ResultSet row = begin.executeQuery()) {
                // of an upstream that was removed meanwhile nothing is kept
                return new Turn(row.next() ? row.getLong("turn") : 0, calls);
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("taking a turn", failure);
        }
    }

    void giveBack(String upstream, long number, int left) throws StorageUnavailable {
        if (left <= 0) {
            return;
        }
        String sql = "insert into rotation_left (upstream_id, turn, calls) select id, ?, ? from upstream where name = ?"
                + " on conflict (upstream_id, turn) do update set calls = excluded.calls";
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, number);
            insert.setInt(2, left);
            insert.setString(3, upstream);
            insert.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("giving a turn back", failure);
        }
    }
}
