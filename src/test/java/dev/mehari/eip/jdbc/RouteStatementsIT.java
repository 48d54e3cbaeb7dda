package dev.mehari.eip.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteStatementsIT {
    private final RouteStatements statements = new RouteStatements(Duration.ofSeconds(1));

    @Test
    void the_server_gives_up_a_statement_and_the_connection_lives_on() throws SQLException {
        try (TestDatabase database = TestDatabase.create();
                Connection connection = DriverManager.getConnection(database.url());
                PreparedStatement sleep = connection.prepareStatement("select pg_sleep(?)");
                PreparedStatement one = connection.prepareStatement("select ?")) {
            statements.populateStatement(sleep, List.of(60.0).iterator(), 1);
            statements.populateStatement(one, List.of(1).iterator(), 1);

            assertThatThrownBy(sleep::execute)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            given -> assertThat(given.getSQLState()).isEqualTo("57014"));
            try (ResultSet answer = one.executeQuery()) {
                assertThat(answer.next()).isTrue();
            }
        }
    }
}
