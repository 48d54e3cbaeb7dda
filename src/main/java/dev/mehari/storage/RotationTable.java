package dev.mehari.storage;

import dev.mehari.credential.CredentialStore.Turn;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Turns of rotations in the tables {@code rotation} and {@code rotation_left}. A turn that was given back goes to the next
 * who asks, the oldest first. Each statement is a transaction
 * of its own.
 */
final class RotationTable {
    private final Database database;

    RotationTable(Database database) {
        this.database = database;
    }

    List<Turn> take(String upstream, int calls, int turns) throws StorageUnavailable {
        String left = "delete from rotation_left where (upstream_id, turn) = (select l.upstream_id, l.turn"
                + " from rotation_left l join upstream u on u.id = l.upstream_id where u.name = ?"
                + " order by l.turn limit 1 for update of l skip locked) returning turn, calls";
        String next = "insert into rotation as r (upstream_id, next_turn) select id, ? from upstream where name = ?"
                + " on conflict (upstream_id) do update set next_turn = r.next_turn + excluded.next_turn"
                + " returning next_turn";
        try (Connection connection = database.connection();
                PreparedStatement goOn = connection.prepareStatement(left);
                PreparedStatement begin = connection.prepareStatement(next)) {
            goOn.setString(1, upstream);
            try (ResultSet row = goOn.executeQuery()) {
                if (row.next()) {
                    return List.of(new Turn(row.getLong("turn"), row.getInt("calls")));
                }
            }
            begin.setInt(1, turns);
            begin.setString(2, upstream);
            try (ResultSet row = begin.executeQuery()) {
                // of an upstream that was removed meanwhile nothing is kept
                long first = row.next() ? row.getLong("next_turn") - turns : 0;
                return LongStream.range(first, first + turns)
                        .mapToObj(number -> new Turn(number, calls))
                        .toList();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("taking turns", failure);
        }
    }

    void giveBack(String upstream, List<Turn> turns) throws StorageUnavailable {
        String sql = "insert into rotation_left (upstream_id, turn, calls) select id, ?, ? from upstream where name = ?"
                + " on conflict (upstream_id, turn) do update set calls = rotation_left.calls + excluded.calls";
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(sql)) {
            for (Turn turn : turns) {
                insert.setLong(1, turn.number());
                insert.setInt(2, turn.calls());
                insert.setString(3, upstream);
                insert.addBatch();
            }
            insert.executeBatch();
        } catch (SQLException failure) {
            throw SqlOutage.during("giving turns back", failure);
        }
    }
}
