package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway while its PostgreSQL is away, and once it is back. */
class DatabaseOutageIT {
    @TempDir
    Path cluster;

    private EmbeddedPostgres startServer(int port) throws Exception {
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder().setDataDirectory(cluster).setCleanDataDirectory(false);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    // row 37
    @Test
    void it_stays_alive_and_is_ready_again_without_a_restart() throws Exception {
        EmbeddedPostgres server = startServer(0);
        try (TestDatabase database = TestDatabase.createOn(server.getJdbcUrl("postgres", "postgres"));
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.limits.outage", "0s")) {
            String unknownKey = gateway.newKey("not-seen-before", 5);
            assertThat(ready(gateway).statusCode()).isEqualTo(200);
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(200);

            server.close();
            await().atMost(Duration.ofSeconds(5)).until(() -> ready(gateway).statusCode() == 503);
            assertThat(ready(gateway).body()).contains("database");
            assertThat(gateway.admin("GET", "/q/health/live", "").statusCode()).isEqualTo(200);
            assertThat(gateway.post("/call", "{}").join().statusCode())
                    .as("a key that is known is served on")
                    .isEqualTo(200);
            HttpResponse<String> unknown =
                    gateway.postAs(unknownKey, "/call", "{}").join();
            assertThat(unknown.statusCode()).isEqualTo(503);
            assertThat(unknown.headers().firstValue("Retry-After")).isPresent();

            server = startServer(server.getPort());
            await().atMost(Duration.ofSeconds(10)).until(() -> ready(gateway).statusCode() == 200);
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            gateway.postAs(unknownKey, "/call", "{}").join().statusCode() == 200);
            gateway.setBySql("proxy.max_concurrent", "6");
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> gateway.metrics().path("max_concurrent").asInt() == 6);
        } finally {
            server.close();
        }
    }

    private static HttpResponse<String> ready(TestGateway gateway) throws Exception {
        return gateway.admin("GET", "/q/health/ready", "");
    }
}
