import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Runs one statement: {@code java -cp ...:postgresql.jar Sql URL STATEMENT}. Prints its rows, fields separated by {@code |}. */
final class Sql {
    private Sql() {}

    public static void main(String[] args) throws SQLException {
        try (Connection connection = DriverManager.getConnection(args[0]);
                Statement statement = connection.createStatement()) {
            if (!statement.execute(args[1])) {
                return;
            }
            try (ResultSet rows = statement.getResultSet()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    StringBuilder line = new StringBuilder();
                    for (int column = 1; column <= columns; column++) {
                        line.append(column == 1 ? "" : "|").append(rows.getString(column));
                    }
                    System.out.println(line);
                }
            }
        }
    }
}
