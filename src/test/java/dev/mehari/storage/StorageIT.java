package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.mehari.caller.FirstKey;
import dev.mehari.caller.FirstUses;
import dev.mehari.caller.IdentifyCaller;
import dev.mehari.caller.KeyCache;
import dev.mehari.caller.KeyGuesses;
import dev.mehari.caller.NewKey;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.Unauthenticated;
import dev.mehari.settings.LiveSettings;
import dev.mehari.settings.SettingsInForce;
import dev.mehari.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Settings and keys on a real PostgreSQL, with two instances of Mehari's state beside each other. */
class StorageIT {
    private static final SettingsInForce CONFIGURED =
            new SettingsInForce(100, 0, 200, Duration.ofSeconds(5), Duration.ofDays(90));
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final Database HERE = DATABASE.database();
    private static final LiveSettings SETTINGS = new LiveSettings(CONFIGURED, new SettingTable(HERE));
    private static final ApiKeyTable TABLE = new ApiKeyTable(HERE);
    private static final KeyCache KEYS = new KeyCache(TABLE, HERE.threads(), Ticker.systemTicker());
    private static final IdentifyCaller IDENTIFY = new IdentifyCaller(
            KEYS, new FirstUses(TABLE, HERE.threads()), new KeyGuesses(Ticker.systemTicker()), Clock.systemUTC());
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    @BeforeAll
    static void listen() {
        SettingTable.follow(HERE.listener(), SETTINGS);
        ApiKeyTable.follow(HERE.listener(), KEYS);
        HERE.listener().start();
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test // row 41
    void a_setting_changed_by_another_instance_is_in_force_within_a_second() throws Exception {
        LiveSettings other = new LiveSettings(CONFIGURED, new SettingTable(HERE));
        other.set("proxy.max_concurrent", "5");

        within(Duration.ofSeconds(1), () -> SETTINGS.current().maxConcurrent() == 5);
        other.set("proxy.max_concurrent", "7");
        within(Duration.ofSeconds(1), () -> SETTINGS.current().maxConcurrent() == 7);
    }

    @Test
    void a_setting_deleted_by_sql_is_as_configured_again() {
        DATABASE.execute("insert into setting (key, value) values ('proxy.rate_limit', '9')");
        within(Duration.ofSeconds(1), () -> SETTINGS.current().rateLimit() == 9);

        DATABASE.execute("delete from setting where key = 'proxy.rate_limit'");
        within(Duration.ofSeconds(1), () -> SETTINGS.current().rateLimit() == 0);
    }

    @Test // row 46
    void keys_made_changed_and_deleted_by_sql_are_in_force_within_a_second() {
        String key = "mh_made-by-sql";
        DATABASE.execute("select pg_notify('mehari_api_key', 'not a hash')");
        assertThat(codeFor(key)).isEqualTo("invalid_api_key");

        DATABASE.createKey(key, "sql", 3);
        within(Duration.ofSeconds(1), () -> codeFor(key).equals("priority 3"));
        DATABASE.execute("update api_key set priority = 8 where name = 'sql'");
        within(Duration.ofSeconds(1), () -> codeFor(key).equals("priority 8"));
        DATABASE.execute("update api_key set enabled = false where name = 'sql'");
        within(Duration.ofSeconds(1), () -> codeFor(key).equals("api_key_disabled"));
        DATABASE.execute("update api_key set enabled = true, expires_at = now() - interval '1 s' where name = 'sql'");
        within(Duration.ofSeconds(1), () -> codeFor(key).equals("api_key_expired"));
        DATABASE.execute("delete from api_key where name = 'sql'");
        within(Duration.ofSeconds(1), () -> codeFor(key).equals("invalid_api_key"));
    }

    @Test
    void what_changed_while_nobody_listened_is_in_force_once_the_connection_is_back() {
        String key = "mh_changed-meanwhile";
        DATABASE.createKey(key, "meanwhile", 1);
        within(Duration.ofSeconds(1), () -> codeFor(key).equals("priority 1"));

        DATABASE.execute("update api_key set priority = 2 where name = 'meanwhile';"
                + " select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name = 'mehari-listen'");

        within(Duration.ofSeconds(3), () -> codeFor(key).equals("priority 2"));
        within(Duration.ofSeconds(3), () -> HERE.watch().awayFor().isZero());
    }

    @Test
    void the_first_key_is_made_once_and_only_its_hash_is_kept() throws Exception {
        try (TestDatabase fresh = TestDatabase.create()) {
            ApiKeyTable table = new ApiKeyTable(fresh.database());
            FirstKey first = new FirstKey(table, new SecureRandom());

            NewKey key = first.ensure(null).orElseThrow();

            assertThat(key.key()).matches("mh_[0-9a-f]{64}");
            assertThat(first.ensure(null)).isEmpty();
            assertThat(first.ensure("mh_chosen-by-me")).isEmpty();
            assertThat(table.find(key.hash())).isPresent();
            try (var connection = fresh.database().dataSource().getConnection();
                    var rows = connection.createStatement().executeQuery("select api_key::text from api_key")) {
                rows.next();
                assertThat(rows.getString(1))
                        .contains(key.hash().hex())
                        .contains(key.prefix())
                        .doesNotContain(key.key().substring(20));
            }
        }
    }

    /** What a caller with {@code key} gets: its priority, or the code of the refusal. */
    private static String codeFor(String key) {
        Exchange exchange = new DefaultExchange(CAMEL);
        exchange.getMessage().setHeader("Authorization", "Bearer " + key);
        var done = new CompletableFuture<Exchange>();
        IDENTIFY.process(exchange, sync -> done.complete(exchange));
        var unused = done.orTimeout(5, TimeUnit.SECONDS).join();
        return exchange.getException(Unauthenticated.class) == null
                ? "priority " + exchange.getProperty(ExchangeKeys.PRIORITY)
                : exchange.getException(Unauthenticated.class).code();
    }

    private static void within(Duration limit, Callable<Boolean> holds) {
        await().atMost(limit).pollInterval(Duration.ofMillis(20)).until(holds);
    }
}
