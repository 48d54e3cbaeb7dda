package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.OwnPostgres;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway while its PostgreSQL is away, and once it is back. */
class DatabaseOutageIT {
    @TempDir
    Path cluster;

    // row 37
    @Test
    void it_stays_alive_and_is_ready_again_without_a_restart() throws Exception {
        try (OwnPostgres server = OwnPostgres.start(cluster);
                TestDatabase database = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.limits.outage", "0s")) {
            String unknownKey = gateway.newKey("not-seen-before", 5);
            assertThat(ready(gateway).statusCode()).isEqualTo(200);
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(200);

            server.stop();
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

            server.startAgain();
            await().atMost(Duration.ofSeconds(10)).until(() -> ready(gateway).statusCode() == 200);
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            gateway.postAs(unknownKey, "/call", "{}").join().statusCode() == 200);
            gateway.setBySql("proxy.max_concurrent", "6");
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> gateway.metrics().path("max_concurrent").asInt() == 6);
        }
    }

    @Test
    void a_known_key_is_held_to_its_limit_through_a_short_outage_and_no_call_is_forgotten() throws Exception {
        List<StubUpstream.Reply> held = new CopyOnWriteArrayList<>();
        try (OwnPostgres server = OwnPostgres.start(cluster);
                TestDatabase database = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.answering((request, reply) -> held.add(reply));
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.limits", "cluster", "mehari.limits.lease", "1s")) {
            database.execute("update api_key set concurrency = 2, requests = 1000, requests_window_ms = 86400000");
            String unknownKey = gateway.newKey("not-seen-before", 5);
            gateway.setBySql("proxy.max_concurrent", "6");
            await("changes of keys are told before that of the setting")
                    .until(() -> gateway.metrics().path("max_concurrent").asInt() == 6);
            CompletableFuture<HttpResponse<String>> before = gateway.post("/before", "{}");
            await().until(() -> held.size() == 1);

            server.stop();
            CompletableFuture<HttpResponse<String>> during = gateway.post("/during", "{}");
            await().until(() -> held.size() == 2 || during.isDone());
            assertThat(held).as("the key is known").hasSize(2);
            assertThat(gateway.post("/beyond", "{}").join().statusCode())
                    .as("the limit holds")
                    .isEqualTo(429);
            assertThat(gateway.postAs(unknownKey, "/call", "{}").join().statusCode())
                    .as("never a wrong 401")
                    .isEqualTo(503);
            held.remove(0).json(200, "{}");
            assertThat(before.join().statusCode()).isEqualTo(200);
            CompletableFuture<HttpResponse<String>> after = gateway.post("/after", "{}");
            await().until(() -> held.size() == 2 || after.isDone());
            assertThat(held).as("its place was free").hasSize(2);

            server.startAgain();
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .until(() ->
                            database.number("select count(*) from lease where expires_at > clock_timestamp()") == 2);
            assertThat(gateway.post("/beyond", "{}").join().statusCode()).isEqualTo(429);
            held.forEach(reply -> reply.json(200, "{}"));
            assertThat(during.join().statusCode()).isEqualTo(200);
            assertThat(after.join().statusCode()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(2)).until(() -> database.number("select count(*) from lease") == 0);
            assertThat(database.number("select sum(requests_used) from limit_state"))
                    .as("all three are in the account")
                    .isEqualTo(3);
        }
    }

    @Test
    void a_limited_key_is_refused_with_503_once_the_outage_lasts_too_long() throws Exception {
        try (OwnPostgres server = OwnPostgres.start(cluster);
                TestDatabase database = TestDatabase.createOn(server.url());
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway =
                        TestGateway.to(stub, database, "mehari.limits", "cluster", "mehari.limits.outage", "1s")) {
            database.execute("update api_key set concurrency = 2");
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> gateway.post("/call", "{}").join().statusCode() == 200);

            server.stop();
            assertThat(gateway.post("/call", "{}").join().statusCode()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                int status = gateway.post("/call", "{}").join().statusCode();
                assertThat(status).isIn(200, 503);
                return status == 503;
            });
            HttpResponse<String> refused = gateway.post("/call", "{}").join();
            assertThat(refused.body()).contains("storage_unavailable");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();

            server.startAgain();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.post("/call", "{}").join().statusCode() == 200);
        }
    }

    private static HttpResponse<String> ready(TestGateway gateway) throws Exception {
        return gateway.admin("GET", "/q/health/ready", "");
    }
}
