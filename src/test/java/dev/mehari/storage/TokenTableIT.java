package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.config.Secret;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.credential.TokenStore.TokenState;
import dev.mehari.credential.TokenStore.Tokens;
import dev.mehari.testing.FakeSecretBox;
import dev.mehari.testing.TestDatabase;
import dev.mehari.upstream.ForwardProxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenTableIT {
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final FakeSecretBox BOX = new FakeSecretBox();
    private static final TokenTable TABLE = new TokenTable(DATABASE.database(), BOX, Clock.systemUTC());
    private static final String SECRET = "{\"access_token\":\"old\",\"refresh_token\":\"grant\",\"client_id\":\"id\","
            + "\"client_secret\":\"word\",\"token_url\":\"http://127.0.0.1:1/token\",\"scopes\":\"a b\",\"more\":7}";

    private Instant now;

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void begin() throws Exception {
        now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        DATABASE.execute("truncate upstream cascade");
        DATABASE.execute("insert into upstream (id, name, dialect, base_url, forward_proxy) overriding system value"
                + " values (1, 'up', 'openai', 'http://127.0.0.1:1', 'http://proxy.test:3128')");
        put(1, SECRET, now.minusSeconds(1));
    }

    private static void put(long id, String secret, Instant expires) throws Exception {
        try (Connection connection = DATABASE.database().connection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into credential (id, upstream_id, name, kind, secret, key_version, fingerprint, token_expires)"
                                + " overriding system value values (?, 1, ?, 'oauth', ?, 1, ?, ?)")) {
            insert.setLong(1, id);
            insert.setString(2, "c" + id);
            insert.setBytes(
                    3, BOX.seal(id, secret.getBytes(StandardCharsets.UTF_8)).bytes());
            insert.setBytes(4, Long.toString(id).getBytes(StandardCharsets.US_ASCII));
            insert.setTimestamp(5, expires == null ? null : java.sql.Timestamp.from(expires));
            insert.executeUpdate();
        }
    }

    private static String stored() throws Exception {
        try (Connection connection = DATABASE.database().connection();
                PreparedStatement select =
                        connection.prepareStatement("select secret, key_version from credential where id = 1");
                var row = select.executeQuery()) {
            row.next();
            return new String(BOX.open(1, row.getInt(2), row.getBytes(1)), StandardCharsets.UTF_8);
        }
    }

    private Grant claim() throws Exception {
        return TABLE.claim(1, 0, Instant.now().plusSeconds(30));
    }

    private static Tokens tokens(String access, String refresh, Instant expires) {
        return new Tokens(new Secret(access), refresh == null ? null : new Secret(refresh), expires);
    }

    @Test // row 84
    void one_of_many_gets_the_claim() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Grant>> all = Stream.generate(() -> (Callable<Grant>) this::claim)
                    .limit(50)
                    .toList();
            long claimed = 0;
            for (var answer : threads.invokeAll(all)) {
                claimed += answer.get() == null ? 0 : 1;
            }
            assertThat(claimed).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
        assertThat(TABLE.state(1).isClaimed()).isTrue();
        assertThat(TABLE.due(now)).isEmpty();
    }

    @Test // row 84
    void a_claim_lapses() throws Exception {
        assertThat(claim()).isNotNull();
        assertThat(claim()).isNull();

        DATABASE.execute("update credential set token_claim = now() - interval '1 second'");

        assertThat(TABLE.state(1).isClaimed()).isFalse();
        assertThat(claim()).isNotNull();
    }

    @Test // row 84
    void a_claim_gives_what_a_refresh_needs_and_shows_none_of_it() throws Exception {
        Grant grant = claim();

        assertThat(grant.tokenUrl().toString()).isEqualTo("http://127.0.0.1:1/token");
        assertThat(grant.clientId()).isEqualTo("id");
        assertThat(grant.clientSecret().reveal()).isEqualTo("word");
        assertThat(grant.refreshToken().reveal()).isEqualTo("grant");
        assertThat(grant.scopes()).isEqualTo("a b");
        assertThat(grant.forwardProxy()).isEqualTo(new ForwardProxy("proxy.test", 3128));
        assertThat(grant.toString()).doesNotContain("word").doesNotContain("=grant");
    }

    @Test // row 84
    void stores_new_tokens_sealed_with_the_next_version_and_tells_all() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        DATABASE.database().listener().subscribe("mehari_credential", new ChangeListener.Subscriber() {
            @Override
            public void changed(String payload) {
                heard.add(payload);
            }

            @Override
            public void anythingChanged() {
                heard.add("any");
            }
        });
        DATABASE.database().listener().start();
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("any");
        claim();
        assertThat(heard.poll(300, TimeUnit.MILLISECONDS))
                .as("a claim is told to nobody")
                .isNull();

        Instant expires = now.plusSeconds(3600);
        TABLE.store(1, 0, tokens("new", "grant-2", expires));

        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("any");
        assertThat(stored())
                .contains(
                        "\"access_token\":\"new\"",
                        "\"refresh_token\":\"grant-2\"",
                        "\"more\":7",
                        "\"client_id\":\"id\"");
        TokenState state = TABLE.state(1);
        assertThat(state.version()).isEqualTo(1);
        assertThat(state.expires()).isEqualTo(expires);
        assertThat(state.refreshed()).isAfterOrEqualTo(now.minusSeconds(5));
        assertThat(state.isClaimed() || state.isResting()).isFalse();
        assertThat(state.upstream() + "/" + state.name()).isEqualTo("up/c1");
    }

    @Test
    void keeps_the_old_grant_where_there_is_no_new_one() throws Exception {
        TABLE.store(1, 0, tokens("new", null, now));

        assertThat(stored()).contains("\"refresh_token\":\"grant\"");
    }

    @Test // row 84
    void a_version_that_has_moved_on_takes_no_more() throws Exception {
        TABLE.store(1, 0, tokens("first", "grant-1", now));
        TABLE.store(1, 0, tokens("second", "grant-2", now));
        TABLE.failed(1, 0, "status_500", now.plusSeconds(60));
        TABLE.refused(1, 0, "invalid_grant");

        assertThat(stored()).contains("\"first\"");
        assertThat(claim()).isNull();
        assertThat(TABLE.state(1).version()).isEqualTo(1);
        assertThat(TABLE.state(1).enabled()).isTrue();
        assertThat(TABLE.state(1).isResting()).isFalse();
    }

    @Test // row 83
    void what_failed_rests_and_is_kept() throws Exception {
        claim();
        TABLE.failed(1, 0, "status_503", Instant.now().plus(Duration.ofMinutes(1)));

        TokenState state = TABLE.state(1);
        assertThat(state.isResting()).isTrue();
        assertThat(state.isClaimed()).isFalse();
        assertThat(state.enabled()).isTrue();
        assertThat(state.error()).isEqualTo("status_503");
        assertThat(TABLE.due(now)).isEmpty();

        DATABASE.execute("update credential set refresh_after = now()");
        assertThat(TABLE.due(now)).containsExactly(1L);
        assertThat(claim()).isNotNull();
    }

    @Test // row 83
    void what_is_refused_is_disabled() throws Exception {
        TABLE.refused(1, 0, "invalid_grant");

        assertThat(TABLE.state(1).enabled()).isFalse();
        assertThat(claim()).isNull();
        assertThat(TABLE.due(now)).isEmpty();
        assertThat(DATABASE.text("select disabled_for from credential")).isEqualTo("refresh refused: invalid_grant");
    }

    @Test
    void knows_which_tokens_end_those_that_end_first_before_the_others() throws Exception {
        put(2, SECRET, now.plusSeconds(600));
        put(3, SECRET, null);
        put(4, SECRET, now.minusSeconds(60));
        DATABASE.execute("insert into credential (id, upstream_id, name, kind, secret, fingerprint)"
                + " overriding system value values (5, 1, 'key', 'api-key', 'x', 'k')");

        assertThat(TABLE.due(now)).containsExactly(3L, 4L, 1L);
        assertThat(TABLE.due(now.plusSeconds(601))).containsExactly(3L, 4L, 1L, 2L);
        assertThat(TABLE.state(5)).isNull();
    }

    @Test
    void says_what_is_wrong_with_a_secret_without_showing_it() throws Exception {
        put(2, "{\"refresh_token\":\"hush\",\"token_url\":\"ftp://x\"}", null);
        put(3, "hush, not JSON", null);

        assertThatThrownBy(() -> TABLE.claim(2, 0, now.plusSeconds(30)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("token_url")
                .hasMessageNotContaining("hush");
        assertThatThrownBy(() -> TABLE.claim(3, 0, now.plusSeconds(30)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("hush")
                .hasNoCause();
    }
}
