package dev.mehari.storage;

import dev.mehari.credential.BenchRules;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The table {@code bench_rule}; its trigger tells every instance. */
public final class BenchRuleTable implements BenchRules {
    private static final int STEP = 10;

    private final Database database;

    public BenchRuleTable(Database database) {
        this.database = database;
    }

    @Override
    public List<Rule> list() throws StorageUnavailable {
        String sql = "select status, body, scope, reason, duration_ms from bench_rule order by position";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<Rule> rules = new ArrayList<>();
            while (rows.next()) {
                rules.add(new Rule(
                        rows.getInt("status"),
                        rows.getString("body"),
                        rows.getString("scope").equals("model"),
                        rows.getString("reason"),
                        Duration.ofMillis(rows.getLong("duration_ms"))));
            }
            return rules;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading bench rules", failure);
        }
    }

    @Override
    public void replace(List<Rule> rules) throws StorageUnavailable {
        String sql = "insert into bench_rule (position, status, body, scope, reason, duration_ms)"
                + " values (?, ?, ?, ?, ?, ?)";
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try (Statement delete = connection.createStatement();
                    PreparedStatement insert = connection.prepareStatement(sql)) {
                delete.execute("lock table bench_rule in share row exclusive mode");
                delete.execute("delete from bench_rule");
                int position = 0;
                for (Rule rule : rules) {
                    position += STEP;
                    insert.setInt(1, position);
                    insert.setInt(2, rule.status());
                    insert.setString(3, rule.body());
                    insert.setString(4, rule.forModel() ? "model" : "credential");
                    insert.setString(5, rule.reason());
                    insert.setLong(6, rule.duration().toMillis());
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
            } finally {
                connection.rollback();
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("changing bench rules", failure);
        }
    }
}
