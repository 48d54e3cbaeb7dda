package dev.mehari.storage;

import dev.mehari.credential.BenchRule;
import dev.mehari.credential.BenchRule.Scope;
import dev.mehari.credential.BenchRuleBook;
import dev.mehari.failure.StorageUnavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table {@code bench_rule}; its trigger tells every instance. */
public final class BenchRuleTable implements BenchRuleBook {
    private static final Logger LOG = LoggerFactory.getLogger(BenchRuleTable.class);
    private static final int STEP = 10;

    private final Database database;

    public BenchRuleTable(Database database) {
        this.database = database;
    }

    @Override
    public List<BenchRule> load() throws StorageUnavailable {
        String sql = "select position, status, body, scope, reason, duration_ms from bench_rule order by position";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<BenchRule> rules = new ArrayList<>();
            while (rows.next()) {
                BenchRule rule = rule(rows);
                if (rule != null) {
                    rules.add(rule);
                }
            }
            return rules;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading bench rules", failure);
        }
    }

    private static @Nullable BenchRule rule(ResultSet row) throws SQLException {
        String body = row.getString("body");
        try {
            return new BenchRule(
                    row.getInt("position"),
                    row.getInt("status"),
                    body == null ? null : Pattern.compile(body),
                    row.getString("scope").equals("model") ? Scope.MODEL : Scope.CREDENTIAL,
                    row.getString("reason"),
                    Duration.ofMillis(row.getLong("duration_ms")));
        } catch (PatternSyntaxException plainSql) {
            LOG.warn("Bench rule {} is left out: its body is no regular expression", row.getInt("position"));
            return null;
        }
    }

    @Override
    public void replace(List<BenchRule> rules) throws StorageUnavailable {
        String sql = "insert into bench_rule (position, status, body, scope, reason, duration_ms)"
                + " values (?, ?, ?, ?, ?, ?)";
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try (Statement delete = connection.createStatement();
                    PreparedStatement insert = connection.prepareStatement(sql)) {
                delete.execute("lock table bench_rule in share row exclusive mode");
                delete.execute("delete from bench_rule");
                int position = 0;
                for (BenchRule rule : rules) {
                    position += STEP;
                    insert.setInt(1, position);
                    insert.setInt(2, rule.status());
                    Pattern body = rule.body();
                    insert.setString(3, body == null ? null : body.pattern());
                    insert.setString(4, rule.scope() == Scope.MODEL ? "model" : "credential");
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
