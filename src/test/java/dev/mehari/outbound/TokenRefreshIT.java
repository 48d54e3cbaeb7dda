package dev.mehari.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.credential.RefreshLog;
import dev.mehari.credential.RefreshPlan;
import dev.mehari.credential.RenewToken;
import dev.mehari.credential.TokenKeeper;
import dev.mehari.storage.TokenTable;
import dev.mehari.testing.FakeSecretBox;
import dev.mehari.testing.RecordingUpstreamStore;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances' keepers on one database and one token endpoint. */
class TokenRefreshIT {
    private static final String NEW =
            "{\"access_token\":\"new-access\",\"refresh_token\":\"new-grant\",\"expires_in\":3600,\"token_type\":\"Bearer\"}";

    private final TestDatabase test = TestDatabase.create();
    private final FakeSecretBox box = new FakeSecretBox();
    private final StubUpstream stub = StubUpstream.answering((request, reply) -> reply.json(200, NEW));
    private final OutboundHttp http = new OutboundHttp();
    private final RecordingUpstreamStore events = new RecordingUpstreamStore();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService first = Executors.newFixedThreadPool(2);
    private final ExecutorService second = Executors.newFixedThreadPool(2);
    private final AtomicInteger reloads = new AtomicInteger();
    private final TokenKeeper one = keeper(first);
    private final TokenKeeper two = keeper(second);

    private TokenKeeper keeper(ExecutorService blocking) {
        Clock clock = Clock.systemUTC();
        return new TokenKeeper(
                new TokenTable(test.database(), box, clock),
                new HttpTokenEndpoint(http, clock, Duration.ofMillis(1500)),
                new RefreshPlan(clock, Duration.ofMinutes(5), blocking.hashCode()),
                new RefreshLog(events, outcome -> {}, clock),
                reloads::incrementAndGet,
                blocking,
                (wait, work) -> timer.schedule(work, wait.toNanos(), TimeUnit.NANOSECONDS));
    }

    @BeforeEach
    void begin() throws Exception {
        test.execute("insert into upstream (id, name, dialect, base_url) overriding system value"
                + " values (1, 'up', 'openai', 'http://127.0.0.1:1')");
        put(1);
        put(2);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        timer.shutdownNow();
        first.shutdownNow();
        second.shutdownNow();
        http.close();
        stub.close();
        test.close();
    }

    private void put(long id) throws Exception {
        String secret = "{\"access_token\":\"old\",\"refresh_token\":\"gr&nt+" + id
                + "\",\"client_id\":\"me\",\"client_secret\":\"s=s\",\"token_url\":\"http://127.0.0.1:" + stub.port()
                + "/token\",\"scopes\":\"\"}";
        try (Connection connection = test.database().connection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into credential (id, upstream_id, name, kind, secret, key_version, fingerprint, token_expires)"
                                + " overriding system value values (?, 1, ?, 'oauth', ?, 1, ?, now() - interval '1 minute')")) {
            insert.setLong(1, id);
            insert.setString(2, "c" + id);
            insert.setBytes(
                    3, box.seal(id, secret.getBytes(StandardCharsets.UTF_8)).bytes());
            insert.setBytes(4, Long.toString(id).getBytes(StandardCharsets.US_ASCII));
            insert.executeUpdate();
        }
    }

    private String stored(long id) throws Exception {
        try (Connection connection = test.database().connection();
                PreparedStatement select =
                        connection.prepareStatement("select secret from credential where id = " + id);
                var row = select.executeQuery()) {
            row.next();
            return new String(box.open(id, 1, row.getBytes(1)), StandardCharsets.UTF_8);
        }
    }

    private void refresh(TokenKeeper keeper, long credential) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        keeper.refresh(credential, ended::countDown);
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private String error(long id) {
        return test.text("select refresh_error from credential where id = " + id);
    }

    @Test // row 84
    void fifty_who_need_it_on_two_instances_cause_one_refresh() throws Exception {
        stub.answer((request, reply) -> reply.after(Duration.ofMillis(500), () -> reply.json(200, NEW)));
        CountDownLatch served = new CountDownLatch(50);
        AtomicInteger withNew = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(10);
        try {
            List<Runnable> calls = IntStream.range(0, 50)
                    .<Runnable>mapToObj(i -> () -> (i % 2 == 0 ? one : two).refresh(1, () -> {
                        if (test.number("select token_version from credential where id = 1") == 1) {
                            withNew.incrementAndGet();
                        }
                        served.countDown();
                    }))
                    .toList();
            calls.forEach(callers::execute);
            assertThat(served.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            callers.shutdownNow();
        }

        assertThat(stub.requests()).hasSize(1);
        assertThat(withNew).hasValue(50);
        assertThat(stored(1)).contains("new-access", "new-grant");
        assertThat(reloads.get()).isGreaterThanOrEqualTo(2);
        String sent = stub.requests().get(0).text();
        assertThat(sent)
                .isEqualTo("grant_type=refresh_token&refresh_token=gr%26nt%2B1&client_id=me&client_secret=s%3Ds");
    }

    @Test // row 84
    void a_slow_refresh_holds_up_no_other_one() throws Exception {
        stub.answer((request, reply) -> {
            if (request.text().contains("%2B1")) {
                reply.after(Duration.ofSeconds(1), () -> reply.json(200, NEW));
            } else {
                reply.json(200, NEW);
            }
        });
        refresh(two, 2); // connections and classes are warm then
        test.execute("update credential set token_expires = now() where id = 2");
        CountDownLatch slow = new CountDownLatch(1);
        one.refresh(1, slow::countDown);

        long begun = System.nanoTime();
        refresh(one, 2);
        long took = System.nanoTime() - begun;

        assertThat(slow.getCount()).isEqualTo(1);
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofMillis(900));
        assertThat(slow.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test // row 83
    void invalid_grant_disables() throws Exception {
        stub.answer((request, reply) -> reply.json(400, "{\"error\":\"invalid_grant\"}"));

        refresh(one, 1);
        refresh(two, 1);

        assertThat(test.text("select enabled from credential where id = 1")).isEqualTo("f");
        assertThat(error(1)).isEqualTo("invalid_grant");
        assertThat(stub.requests()).hasSize(1);
        assertThat(events.told()).containsExactly("refresh_failed up/c1 invalid_grant, disabled");
    }

    @Test // row 83
    void what_is_not_the_grants_fault_is_kept_and_tried_later() throws Exception {
        stub.answer((request, reply) -> reply.json(500, "{}"));
        refresh(one, 1);
        assertThat(error(1)).isEqualTo("status_500");
        stub.answer((request, reply) -> reply.json(429, "{}", "Retry-After", "60"));
        refresh(one, 2);
        assertThat(error(2)).isEqualTo("status_429");
        assertThat(test.number("select extract(epoch from refresh_after - now())::int from credential where id = 2"))
                .isBetween(40, 60);
        refresh(one, 1);
        assertThat(stub.requests()).as("not before it has rested").hasSize(2);

        for (StubUpstream.Script broken : List.<StubUpstream.Script>of(
                (request, reply) -> reply.reset(),
                (request, reply) -> {},
                (request, reply) -> reply.bytes(200, "application/json", new byte[OutboundHttp.MOST_BYTES + 1]),
                (request, reply) ->
                        reply.json(302, "{}", "Location", "http://127.0.0.1:" + stub.port() + "/elsewhere"))) {
            test.execute("update credential set refresh_after = null, refresh_error = null");
            int before = stub.requests().size();
            stub.answer(broken);
            refresh(one, 1);
            assertThat(error(1)).isIn("unreachable", "timeout", "status_302");
            assertThat(stub.requests()).hasSize(before + 1);
        }

        assertThat(test.query("select id from credential where enabled")).hasSize(2);
        assertThat(stored(1)).contains("\"old\"");
    }

    @Test
    void an_operator_gets_a_new_token_at_once_or_hears_why_not() throws Exception {
        RenewToken renew = new RenewToken(two, new TokenTable(test.database(), box, Clock.systemUTC()));
        stub.answer((request, reply) -> reply.json(503, "{}"));
        refresh(one, 1);
        assertThat(renew.refresh(1)).isEqualTo("status_503");

        stub.answer((request, reply) -> reply.json(200, NEW));
        assertThat(renew.refresh(1)).as("though it is to rest").isNull();
        assertThat(renew.refresh(1)).as("though it is not due").isNull();

        assertThat(test.number("select token_version from credential where id = 1"))
                .isEqualTo(2);
        assertThat(renew.refresh(99)).isEqualTo("it is no OAuth credential");
    }

    @Test // row 84
    void refreshes_ahead_once_on_whichever_instance() throws Exception {
        one.start();
        two.start();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> test.number("select count(*) from credential where token_version = 1") == 2);

        assertThat(stub.requests()).hasSize(2);
        assertThat(test.number("select count(*) from credential where token_claim is not null"))
                .isZero();
    }
}
