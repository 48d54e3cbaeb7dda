package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.caller.AllowList;
import dev.mehari.config.Secret;
import dev.mehari.credential.Credential;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.credential.CredentialChange;
import dev.mehari.credential.CredentialDraft;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialStore.CredentialUse;
import dev.mehari.credential.CredentialStore.Turn;
import dev.mehari.credential.DeclaredCredential;
import dev.mehari.credential.TokenStore.Grant;
import dev.mehari.testing.CapturedLog;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestFolder;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CredentialTableIT {
    private static final Secret MASTER = new Secret("a master key for this test's credentials");
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

    private static TestDatabase database;
    private static SealedSecrets secrets;
    private static CredentialTable table;
    private static CredentialRegistryTable registry;

    @BeforeAll
    static void create() throws Exception {
        database = TestDatabase.create();
        secrets = open(MASTER);
        table = new CredentialTable(database.database(), secrets);
        registry = new CredentialRegistryTable(database.database(), secrets);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("truncate upstream, credential, master_key cascade;"
                + " insert into upstream (name, dialect, base_url) values ('openai', 'openai', 'http://127.0.0.1:1'),"
                + " ('claude', 'anthropic', 'http://127.0.0.1:1')");
    }

    // row 87
    @Test
    void loads_what_was_kept_each_kind_in_its_header() throws Exception {
        keep("openai", "a", Kind.API_KEY, "sk-one");
        keep("claude", "b", Kind.API_KEY, "sk-two");
        keep("claude", "c", Kind.BEARER, "t-three");
        keep("openai", "d", Kind.HEADER, "h-four");
        kept(registry.create(new CredentialDraft(
                "openai", Kind.OAUTH, CredentialFields.named("e"), oauth("r-five", "a-five"), NOW)));
        kept(registry.create(
                new CredentialDraft("openai", Kind.OAUTH, CredentialFields.named("f"), oauth("r-six", null), null)));

        List<Credential> loaded = table.load();

        assertThat(loaded)
                .extracting(one -> one.header() == null
                        ? "none"
                        : one.header().header() + ": " + one.header().value())
                .containsExactly(
                        "Authorization: Bearer sk-one",
                        "x-api-key: sk-two",
                        "Authorization: Bearer t-three",
                        "X-Own: h-four",
                        "Authorization: Bearer a-five",
                        "none");
        assertThat(loaded.toString()).doesNotContain("sk-", "t-three", "five");
        assertThat(loaded.get(4).tokenVersion()).isEqualTo(1);
        assertThat(loaded.get(4).tokenExpires()).isEqualTo(Instant.parse("2026-03-01T12:00:00.123456Z"));
        assertThat(loaded.get(0).models()).isEqualTo(AllowList.ALL);
        assertThat(database.query("select credential::text from credential").toString())
                .doesNotContain("sk-one", "r-five", "a-five")
                .doesNotContain(hex("sk-one"), hex("r-five"));
    }

    @Test
    void skips_one_that_does_not_open_and_uses_the_rest() throws Exception {
        long one = keep("openai", "one", Kind.BEARER, "secret-1");
        long two = keep("openai", "two", Kind.BEARER, "secret-2");
        database.execute("update credential set secret = (select secret from credential where id = " + one
                + ") where id = " + two);

        assertThat(table.load()).extracting(Credential::name).containsExactly("one");
        assertThat(registry.get(two).orElseThrow().opens()).isFalse();
    }

    // row 86
    @Test
    void a_hundred_parallel_benches_of_different_models_are_all_kept() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");
        List<Callable<Void>> updates = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Bench bench = bench(id, "model-" + i, NOW.plusSeconds(i));
            updates.add(() -> {
                table.bench(List.of(bench));
                return null;
            });
        }

        atOnce(16, updates);

        assertThat(database.number("select count(distinct model) from credential_bench"))
                .isEqualTo(100);
        assertThat(new CredentialTable(database.database(), secrets).benches(NOW))
                .as("as after a restart")
                .hasSize(100);
    }

    // row 86
    @Test
    void of_two_benches_the_longer_one_holds_in_whatever_order_they_come() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");

        table.bench(List.of(bench(id, "", NOW.plusSeconds(60)), bench(id, "", NOW.plusSeconds(10))));
        table.bench(List.of(bench(id, "", NOW.plusSeconds(30)), bench(999, "", NOW.plusSeconds(30))));

        assertThat(table.benches(NOW))
                .extracting(one -> one.until().toString())
                .containsExactly("2026-03-01T12:01:00.123456Z");
    }

    @Test
    void a_bench_that_ended_long_ago_is_forgotten_once_also_by_several_at_once() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");
        table.bench(List.of(bench(id, "old", NOW), bench(id, "", NOW.plusSeconds(2))));
        List<Callable<Void>> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            both.add(() -> {
                table.forgetBenches(NOW.plusSeconds(1));
                return null;
            });
        }

        atOnce(2, both);

        assertThat(table.benches(NOW)).extracting(Bench::model).containsExactly("");
    }

    @Test
    void what_cannot_be_kept_is_dropped_and_keeps_nothing_else_from_being_kept() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");
        List<String> said = new ArrayList<>();
        try (CapturedLog log = CapturedLog.of(said::add, "dev.mehari.storage")) {
            assertThat(log).isNotNull();
            table.bench(List.of(
                    bench(id, "before", NOW.plusSeconds(1)),
                    bench(id, "nul\0hidden", NOW.plusSeconds(1)),
                    bench(id, random(20_000), NOW.plusSeconds(1)),
                    bench(id, "zehind", NOW.plusSeconds(1))));
            table.release(id, "nul\0hidden", NOW);
            table.add(List.of(
                    new CredentialUse(id, 1, 0, 1, NOW, null, NOW, 500, "nul\0hidden"),
                    new CredentialUse(keep("openai", "two", Kind.BEARER, "b"), 2, 2, 0, NOW, NOW, null, 0, null)));
        }

        assertThat(table.benches(NOW)).extracting(Bench::model).containsExactly("before", "zehind");
        assertThat(database.query("select calls from credential_use").toString())
                .isEqualTo("[2]");
        assertThat(said)
                .hasSize(4)
                .allSatisfy(
                        line -> assertThat(line).contains("credential " + id).doesNotContain("hidden"));
    }

    private static String random(int length) {
        return new Random(1)
                .ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void a_release_ends_the_bench_that_it_means_and_no_later_one() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");
        table.bench(List.of(bench(id, "m", NOW.plusSeconds(60))));

        table.release(id, "m", NOW.minusSeconds(1));
        assertThat(table.benches(NOW)).hasSize(1);
        table.release(id, "m", NOW);
        assertThat(table.benches(NOW)).isEmpty();
    }

    // row 88
    @Test
    void adds_up_what_instances_saw_of_calls() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");
        table.add(List.of(new CredentialUse(id, 5, 3, 2, NOW, NOW, NOW.minusSeconds(5), 429, "rate_limited")));

        table.add(List.of(
                new CredentialUse(id, 1, 0, 1, NOW, null, NOW.minusSeconds(9), 500, "older"),
                new CredentialUse(id, 2, 2, 0, NOW.plusSeconds(1), NOW.plusSeconds(1), null, 0, null),
                new CredentialUse(999, 1, 1, 0, NOW, NOW, null, 0, null)));

        assertThat(database.text("select calls || ' ' || successes || ' ' || failures || ' ' || last_status || ' ' ||"
                        + " last_error from credential_use"))
                .isEqualTo("8 5 3 429 rate_limited");
        assertThat(registry.get(id).orElseThrow().use().lastSuccess())
                .isEqualTo(Instant.parse("2026-03-01T12:00:01.123456Z"));
    }

    // row 88
    @Test
    void a_quota_is_given_out_once_also_to_many_at_once_and_anew_each_day() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");
        database.execute("update credential set daily_quota = 50");
        List<Callable<Long>> takers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            takers.add(() -> table.takeQuota(id, 3, NOW));
        }

        assertThat(atOnce(8, takers).stream().mapToLong(Long::longValue).sum()).isEqualTo(50);
        assertThat(table.takeQuota(id, 1, NOW)).isZero();
        assertThat(table.takeQuota(id, -2, NOW)).isEqualTo(-2);
        assertThat(table.takeQuota(id, 5, NOW)).isEqualTo(2);
        assertThat(table.takeQuota(id, 5, NOW.plus(Duration.ofDays(1)))).isEqualTo(5);
        assertThat(table.takeQuota(999, 5, NOW)).isZero();
    }

    // row 80
    @Test
    void turns_count_on_and_one_that_was_given_back_is_gone_on_with_once() throws Exception {
        List<Callable<Long>> takers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            takers.add(() -> table.takeTurns("openai", 10, 1).get(0).number());
        }
        Set<Long> numbers = new TreeSet<>(atOnce(8, takers));
        assertThat(numbers).hasSize(30).contains(0L, 29L);

        table.giveBackTurns("openai", List.of(new Turn(7, 4), new Turn(8, 10)));

        assertThat(table.takeTurns("openai", 10, 3)).containsExactly(new Turn(7, 4));
        assertThat(table.takeTurns("openai", 10, 3)).containsExactly(new Turn(8, 10));
        assertThat(table.takeTurns("openai", 10, 3))
                .containsExactly(new Turn(30, 10), new Turn(31, 10), new Turn(32, 10));
        assertThat(table.takeTurns("openai", 10, 1)).containsExactly(new Turn(33, 10));
        assertThat(table.takeTurns("claude", 10, 2)).containsExactly(new Turn(0, 10), new Turn(1, 10));
    }

    // row 83
    @Test
    void disabling_says_why_and_enabling_forgets_it_with_benches_and_errors() throws Exception {
        long id = keep("openai", "one", Kind.BEARER, "secret");
        table.disable(id, "banned: 403");
        table.bench(List.of(bench(id, "", NOW)));
        table.add(List.of(new CredentialUse(id, 1, 0, 1, NOW, null, NOW, 403, "forbidden")));
        assertThat(registry.get(id).orElseThrow().disabledFor()).isEqualTo("banned: 403");
        assertThat(table.load().get(0).enabled()).isFalse();

        kept(registry.enable(id));

        assertThat(table.load().get(0).enabled()).isTrue();
        assertThat(table.benches(NOW)).isEmpty();
        assertThat(registry.get(id).orElseThrow().disabledFor()).isNull();
        assertThat(registry.get(id).orElseThrow().use().lastError()).isNull();
    }

    @Test
    void the_same_secret_or_name_is_not_kept_twice_for_one_upstream() throws Exception {
        keep("openai", "one", Kind.BEARER, "secret");

        assertThat(registry.create(draft("openai", "two", Kind.API_KEY, "secret")))
                .isEqualTo(new CredentialChange.SameSecret("one"));
        assertThat(registry.create(draft("openai", "one", Kind.API_KEY, "other")))
                .isEqualTo(new CredentialChange.NameTaken("one"));
        assertThat(registry.create(draft("nowhere", "one", Kind.API_KEY, "other")))
                .isEqualTo(new CredentialChange.UnknownUpstream("nowhere"));
        keep("claude", "one", Kind.BEARER, "secret");
    }

    @Test
    void declared_ones_become_those_of_the_file_and_others_stay() throws Exception {
        keep("openai", "by hand", Kind.BEARER, "secret-1");
        CredentialTransferTable declared = new CredentialTransferTable(database.database(), secrets);
        declared.apply("openai", List.of(declaredOne("a", "secret-a"), declaredOne("b", "secret-b")));
        long b = Long.parseLong(database.text("select id from credential where name = 'b'"));
        table.disable(b, "banned: 403");

        declared.apply("openai", List.of(declaredOne("b", "secret-b2"), declaredOne("c", "secret-c")));
        declared.apply("openai", List.of(declaredOne("b", "secret-b2"), declaredOne("c", "secret-c")));

        assertThat(database.query("select name || ' ' || enabled from credential order by name"))
                .containsExactly("b false", "by hand true", "c true");
        assertThat(table.load()).anySatisfy(one -> {
            assertThat(one.id()).isEqualTo(b);
            assertThat(one.header()).extracting("value").isEqualTo("Bearer secret-b2");
        });
    }

    @Test
    void an_empty_declaration_takes_away_and_makes_no_master_key() throws Exception {
        CredentialTransferTable declared = new CredentialTransferTable(database.database(), secrets);

        declared.apply("openai", List.of());
        assertThat(database.number("select count(*) from master_key")).isZero();
        keep("openai", "by hand", Kind.BEARER, "secret-1");
        declared.apply("openai", List.of(declaredOne("a", "secret-a")));
        declared.apply("openai", List.of());

        assertThat(database.query("select name from credential")).containsExactly("by hand");
    }

    @Test
    void tells_of_every_change_whoever_made_it() throws Exception {
        AtomicInteger told = new AtomicInteger();
        AtomicInteger benched = new AtomicInteger();
        try (TestDatabase own = TestDatabase.create()) {
            own.execute("insert into upstream (name, dialect, base_url) values ('openai', 'openai', 'http://x')");
            new CredentialTable(own.database(), secrets)
                    .follow(own.database().listener(), told::incrementAndGet, benched::incrementAndGet);
            own.database().listener().start();
            await().until(() -> told.get() >= 1);

            own.execute("insert into bench_rule (position, status, reason, duration_ms) values (1000, 500, 'x', 1)");
            await().until(() -> told.get() >= 2);
            own.execute("delete from bench_rule where position = 1000");
            await().until(() -> told.get() >= 3);
            int before = told.get();

            own.execute("insert into credential (upstream_id, name, kind, fingerprint)"
                    + " select id, 'one', 'bearer', 'f' from upstream");
            await().until(() -> told.get() == before + 1);
            own.execute("insert into credential_bench (credential_id, reason, status, since, until)"
                    + " select id, 'x', 429, now(), now() from credential");
            await().until(() -> benched.get() == 1);
            own.execute("delete from credential_bench where model = 'none'; update credential_bench set until = now()");
            await().until(() -> benched.get() == 2);
            own.execute("truncate credential_bench");
            await().until(() -> benched.get() == 3);
            assertThat(told).hasValue(before + 1);
        }
    }

    private static <T> List<T> atOnce(int threads, List<Callable<T>> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> one : pool.invokeAll(work)) {
                results.add(one.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    static SealedSecrets open(Secret master) throws Exception {
        Path folder = TestFolder.create("mehari-vault");
        return SealedSecrets.open(database.database(), master, folder, new SecureRandom());
    }

    private static long keep(String upstream, String name, Kind kind, String secret) throws Exception {
        return kept(registry.create(draft(upstream, name, kind, secret)));
    }

    private static long kept(CredentialChange change) {
        assertThat(change).isInstanceOf(CredentialChange.Done.class);
        return ((CredentialChange.Done) change).credential().id();
    }

    private static CredentialDraft draft(String upstream, String name, Kind kind, String secret) {
        CredentialFields named = CredentialFields.named(name);
        CredentialFields fields = kind == Kind.HEADER
                ? new CredentialFields(name, "", "X-Own", 50, 1, 0, 0, Duration.ZERO, AllowList.ALL, true)
                : named;
        return new CredentialDraft(upstream, kind, fields, new CredentialSecret.Text(new Secret(secret)), null);
    }

    private static DeclaredCredential declaredOne(String name, String secret) {
        return new DeclaredCredential(
                name, "", Kind.BEARER, null, new Secret(secret), null, 50, 1, 0, 0, Duration.ZERO, AllowList.ALL, true);
    }

    private static CredentialSecret oauth(String refresh, String access) {
        return new CredentialSecret.OAuth(
                new Grant(URI.create("https://example.com/token"), "client", null, new Secret(refresh), ""),
                access == null ? null : new Secret(access));
    }

    private static Bench bench(long id, String model, Instant until) {
        return new Bench(id, model, "rate_limited", 429, NOW, until);
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
