package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Settings that change while the gateway runs: in force within a second, and nobody is wronged meanwhile. */
class LiveSettingsIT {
    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static StubUpstream answeringAfter(int millis) {
        return StubUpstream.answering(
                (request, reply) -> reply.after(Duration.ofMillis(millis), () -> reply.json(200, "{}")));
    }

    private static List<HttpResponse<String>> parallel(TestGateway gateway, int requests) {
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, requests)
                .mapToObj(i -> gateway.post("/call/" + i, "{}"))
                .toList();
        return sent.stream().map(CompletableFuture::join).toList();
    }

    // row 41
    @Test
    void a_change_is_in_force_without_a_restart() throws Exception {
        try (StubUpstream stub = answeringAfter(50);
                TestGateway gateway = TestGateway.to(stub, database)) {
            gateway.set("proxy.max_concurrent", "5");

            assertThat(parallel(gateway, 25)).allMatch(answer -> answer.statusCode() == 200);
            assertThat(stub.mostInFlight()).isEqualTo(5);
        }
    }

    // row 41
    @Test
    void what_cannot_be_set_changes_nothing() throws Exception {
        try (StubUpstream stub = answeringAfter(0);
                TestGateway gateway = TestGateway.to(stub, database)) {
            String before = gateway.admin("GET", "/api/settings", "").body();

            assertThatThrownBy(() -> gateway.set("proxy.max_concurrent", "0")).hasMessageContaining("from 1 to");
            assertThatThrownBy(() -> gateway.set("proxy.max_concurrent", "many"))
                    .hasMessageContaining("whole number");
            assertThatThrownBy(() -> gateway.set("proxy.max_concurent", "5"))
                    .hasMessageContaining("did you mean proxy.max_concurrent?");
            assertThat(gateway.admin("GET", "/api/settings", "").body()).isEqualTo(before);
        }
    }

    // row 41
    @Test
    void a_change_by_sql_in_another_process_is_in_force_within_a_second() throws Exception {
        try (StubUpstream stub = answeringAfter(0);
                TestGateway gateway = TestGateway.to(stub, database)) {
            gateway.setBySql("proxy.max_concurrent", "7");
            awaitWithinASecond(() -> metric(gateway, "max_concurrent"), 7);

            database.execute("delete from setting");
            awaitWithinASecond(() -> metric(gateway, "max_concurrent"), 100);
        }
    }

    // row 41
    @Test
    void a_change_outlives_a_restart() throws Exception {
        try (StubUpstream stub = answeringAfter(0)) {
            try (TestGateway gateway = TestGateway.to(stub, database)) {
                gateway.set("proxy.max_concurrent", "9");
            }
            try (TestGateway again = TestGateway.again(stub, database)) {
                assertThat(metric(again, "max_concurrent")).isEqualTo(9);
            }
        }
    }

    @Test
    void a_value_by_sql_that_is_none_leaves_the_old_one_in_force() throws Exception {
        try (StubUpstream stub = answeringAfter(0);
                TestGateway gateway = TestGateway.to(stub, database)) {
            gateway.setBySql("proxy.max_concurrent", "banana");
            gateway.setBySql("proxy.max_queue", "3"); // comes after, so that the first has been seen by then
            await().until(() -> gateway.admin("GET", "/api/settings/proxy.max_queue", "")
                    .body()
                    .contains("\"3\""));

            assertThat(metric(gateway, "max_concurrent")).isEqualTo(100);
        }
    }

    @Test
    void permits_are_raised_and_lowered_under_load_without_a_wrong_refusal() throws Exception {
        try (StubUpstream stub = answeringAfter(5);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.proxy.max-concurrent", "10")) {
            AtomicBoolean enough = new AtomicBoolean();
            ConcurrentLinkedQueue<HttpResponse<String>> answers = new ConcurrentLinkedQueue<>();
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                callers.add(keepAsking(gateway, enough, answers));
            }
            for (String permits : List.of("20", "2", "15", "1", "30", "3")) {
                gateway.set("proxy.max_concurrent", permits);
                int seen = answers.size();
                await().pollInterval(Duration.ofMillis(5)).until(() -> answers.size() >= seen + 30);
            }
            enough.set(true);
            callers.forEach(CompletableFuture::join);

            assertThat(answers).hasSizeGreaterThan(180).allMatch(answer -> answer.statusCode() == 200);
            assertThat(stub.mostInFlight()).isLessThanOrEqualTo(20);
            gateway.metricsWith(0);
        }
    }

    private static CompletableFuture<Void> keepAsking(
            TestGateway gateway, AtomicBoolean enough, ConcurrentLinkedQueue<HttpResponse<String>> answers) {
        return gateway.post("/call", "{}").thenCompose(answer -> {
            answers.add(answer);
            return enough.get() ? CompletableFuture.completedFuture(null) : keepAsking(gateway, enough, answers);
        });
    }

    @Test
    void a_lower_limit_takes_no_permit_away_and_a_higher_one_serves_who_waits_at_once() throws Exception {
        List<StubUpstream.Reply> held = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> held.add(reply));
                TestGateway gateway = TestGateway.to(
                        stub, database, "mehari.proxy.max-concurrent", "4", "mehari.proxy.queue-timeout", "10s")) {
            List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                sent.add(gateway.post("/call/" + i, "{}"));
            }
            await().until(() -> held.size() == 4);

            gateway.set("proxy.max_concurrent", "2");
            assertThat(metric(gateway, "active_requests")).isEqualTo(4);
            answer(held.get(0));
            awaitWithinASecond(() -> metric(gateway, "active_requests"), 3);
            assertThat(held).as("still more under way than permitted").hasSize(4);

            gateway.set("proxy.max_concurrent", "5");
            await().atMost(Duration.ofSeconds(1)).until(() -> held.size() == 6);
            held.subList(1, 6).forEach(LiveSettingsIT::answer);
            assertThat(sent).allMatch(answer -> answer.join().statusCode() == 200);
        }
    }

    private static void answer(StubUpstream.Reply reply) {
        reply.after(Duration.ZERO, () -> reply.json(200, "{}"));
    }

    // row 1
    @Test
    void the_rate_limit_is_raised_lowered_and_taken_away_while_calls_come() throws Exception {
        try (StubUpstream stub = answeringAfter(0);
                TestGateway gateway = TestGateway.to(stub, database)) {
            assertThat(served(parallel(gateway, 30))).isEqualTo(30);

            gateway.set("proxy.rate_limit", "10");
            assertThat(served(parallel(gateway, 30))).isLessThanOrEqualTo(20);

            gateway.set("proxy.rate_limit", "0");
            assertThat(served(parallel(gateway, 30))).isEqualTo(30);
        }
    }

    private static long served(List<HttpResponse<String>> answers) {
        return answers.stream().filter(answer -> answer.statusCode() == 200).count();
    }

    private static int metric(TestGateway gateway, String name) {
        try {
            return gateway.metrics().path(name).asInt(-1);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void awaitWithinASecond(Supplier<Integer> value, int wanted) {
        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> value.get() == wanted);
    }
}
