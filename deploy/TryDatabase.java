import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** A PostgreSQL for deploy/try, from the binaries that Mehari brings. Prints its JDBC URL; ends when its input ends. */
final class TryDatabase {
    public static void main(String[] args) throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            System.out.println(server.getJdbcUrl("postgres", "postgres"));
            while (System.in.read() >= 0) {
                // nobody has anything to say
            }
        }
    }
}
