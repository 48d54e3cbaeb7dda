package dev.mehari.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.mehari.caller.AllowList;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.InvalidField;
import dev.mehari.testing.TestDatabase;
import dev.mehari.upstream.ForwardProxy;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamChange;
import dev.mehari.upstream.UpstreamEntry;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Choice;
import dev.mehari.upstream.UpstreamOptions.Probe;
import dev.mehari.upstream.UpstreamOptions.Timeouts;
import dev.mehari.upstream.UpstreamOptions.Trust;
import dev.mehari.upstream.UpstreamStore.Event;
import dev.mehari.upstream.UpstreamStore.Failed;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stored upstreams on a real PostgreSQL. */
class UpstreamTableIT {
    private static final URI PROXY = URI.create("http://proxy.example:3128");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static TestDatabase database;
    private static UpstreamTable table;
    private static UpstreamRegistryTable registry;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        table = new UpstreamTable(database.database(), PROXY);
        registry = new UpstreamRegistryTable(database.database());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.execute("truncate upstream, upstream_event cascade");
    }

    @Test
    void every_field_comes_back_as_it_was_stored() throws Exception {
        UpstreamFields all = new UpstreamFields(
                "all",
                Dialect.ANTHROPIC,
                "https://h.example:8443/base",
                "http://other.example:8080",
                true,
                new UpstreamOptions(
                        7,
                        8,
                        9,
                        new AllowList(List.of("a*", "b, \"c\"")),
                        Map.of("gpt-x", "there/\"é\""),
                        Choice.ROTATION,
                        11,
                        Duration.ofMillis(1234),
                        new Timeouts(Duration.ofMillis(1), Duration.ofSeconds(2), null, Duration.ofHours(3)),
                        new Trust("PEM\ntext", false),
                        new Probe(Duration.ofSeconds(30), "m")));

        UpstreamEntry made = made(registry.create(all));

        assertThat(made.fields()).isEqualTo(all);
        assertThat(made.declared()).isFalse();
        assertThat(registry.get("all")).contains(made);
        assertThat(table.load())
                .singleElement()
                .isEqualTo(Upstream.at(
                                "all",
                                Dialect.ANTHROPIC,
                                URI.create("https://h.example:8443/base"),
                                new ForwardProxy("other.example", 8080),
                                null)
                        .stored(made.id(), all.options()));
    }

    @Test
    void only_enabled_and_sound_ones_take_calls() throws Exception {
        registry.create(fields("on"));
        registry.create(fields("off"));
        registry.edit("off", before -> with(before, before.baseUrl(), false));
        database.execute("insert into upstream (name, dialect, base_url) values ('odd', 'openai', 'not a url')");

        assertThat(table.load()).extracting(Upstream::name).containsExactly("on");
        assertThat(registry.list()).extracting(one -> one.fields().name()).containsExactly("odd", "off", "on");
    }

    @Test
    void the_gateways_proxy_is_used_unless_an_upstream_says_otherwise() throws Exception {
        registry.create(fields("usual"));
        registry.create(new UpstreamFields(
                "direct", Dialect.OPENAI, "https://h", UpstreamFields.DIRECT, true, UpstreamOptions.DEFAULT));

        assertThat(table.load())
                .extracting(Upstream::forwardProxy)
                .containsExactly(new ForwardProxy("proxy.example", 3128), null);
    }

    @Test
    void a_name_is_taken_once() throws Exception {
        registry.create(fields("a"));
        registry.create(fields("b"));

        assertThat(registry.create(fields("a"))).isEqualTo(new UpstreamChange.NameTaken("a"));
        assertThat(registry.edit("b", before -> fields("a"))).isEqualTo(new UpstreamChange.NameTaken("a"));
        assertThat(registry.edit("b", before -> fields("c"))).isInstanceOf(UpstreamChange.Done.class);
        assertThat(registry.list()).extracting(one -> one.fields().name()).containsExactly("a", "c");
    }

    @Test
    void a_change_that_is_refused_changes_nothing() throws Exception {
        UpstreamEntry before = made(registry.create(fields("a")));

        assertThatThrownBy(() -> registry.edit("a", fields -> {
                    throw new InvalidField("name", "wrong");
                }))
                .isInstanceOf(InvalidField.class);
        assertThat(registry.get("a")).contains(before);
        assertThat(registry.edit("none", fields -> fields)).isInstanceOf(UpstreamChange.Unknown.class);
        assertThat(registry.delete("none")).isInstanceOf(UpstreamChange.Unknown.class);
    }

    @Test
    void removing_one_removes_its_credentials() throws Exception {
        long id = made(registry.create(fields("a"))).id();
        database.execute("insert into credential (upstream_id, name, kind, fingerprint) values (" + id
                + ", 'c', 'api-key', '\\\\x00')");

        registry.delete("a");

        assertThat(database.number("select count(*) from credential")).isZero();
    }

    // row 32
    @Test
    void a_mark_is_set_and_taken_away_once_each_with_an_event() throws Exception {
        registry.create(fields("a"));

        table.markFailed("a", "no answer");
        table.markFailed("a", "again");
        table.markFailed("unknown", "x");
        assertThat(table.failed())
                .extracting(Failed::upstream, Failed::reason)
                .containsExactly(tuple("a", "no answer"));
        assertThat(registry.get("a").orElseThrow().failed()).isNotNull();
        table.markRecovered("a");
        table.markRecovered("a");

        assertThat(table.failed()).isEmpty();
        assertThat(registry.events(null, 10))
                .extracting(Event::what, Event::detail)
                .containsExactly(tuple("recovered", ""), tuple("failed", "no answer"));
    }

    @Test
    void events_are_kept_for_30_days() throws Exception {
        database.execute(
                "insert into upstream_event (at, upstream, what)"
                        + " values (now() - interval '31 days', 'a', 'failed'), (now() - interval '29 days', 'a', 'recovered')");

        table.note(List.of(
                new Event(NOON, "b", "c", "benched", "429"),
                new Event(NOON.plusSeconds(1), "b", null, "switched", "")));

        assertThat(registry.events("a", 10)).extracting(Event::what).containsExactly("recovered");
        assertThat(registry.events("b", 10))
                .containsExactly(
                        new Event(NOON.plusSeconds(1), "b", null, "switched", ""),
                        new Event(NOON, "b", "c", "benched", "429"));
        assertThat(registry.events("b", 1)).hasSize(1);
    }

    @Test
    void declaring_creates_changes_and_removes_what_was_declared_and_nothing_else() throws Exception {
        registry.create(fields("by-hand"));
        registry.create(fields("adopted"));
        registry.declare(List.of(fields("a"), fields("b")), () -> {});
        Instant updated = registry.get("b").orElseThrow().updatedAt();

        registry.declare(
                List.of(fields("b"), with(fields("c"), "https://c.example", false), fields("adopted")), () -> {});

        assertThat(registry.list())
                .extracting(one -> one.fields().name() + " " + one.declared())
                .containsExactly("adopted true", "b true", "by-hand false", "c true");
        assertThat(registry.get("b").orElseThrow().updatedAt()).isEqualTo(updated);
        assertThat(registry.get("c").orElseThrow().fields().enabled()).isFalse();
        registry.declare(List.of(with(fields("b"), "https://new.example", true)), () -> {});
        assertThat(registry.list()).extracting(one -> one.fields().name()).containsExactly("b", "by-hand");
        assertThat(registry.get("b").orElseThrow().fields().baseUrl()).isEqualTo("https://new.example");
    }

    @Test
    void of_several_that_start_at_once_one_declares_at_a_time_with_all_that_belongs_to_it() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Void>> all = List.of(1, 2, 3).stream()
                .map(i -> CompletableFuture.runAsync(() -> {
                    try {
                        registry.declare(List.of(fields("a"), fields("b" + i)), () -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            assertThat(registry.list()).hasSize(2);
                            inside.decrementAndGet();
                        });
                    } catch (Exception failed) {
                        throw new AssertionError(failed);
                    }
                }))
                .toList();

        assertThat(all).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(20)));
        assertThat(most).hasValue(1);
        assertThat(database.number("select count(*) from upstream")).isEqualTo(2);
    }

    @Test
    void the_lock_is_free_again_when_the_rest_fails() throws Exception {
        assertThatThrownBy(() -> registry.declare(List.of(fields("a")), () -> {
                    throw new IllegalStateException("the rest");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(CompletableFuture.runAsync(() -> {
                    try {
                        new UpstreamRegistryTable(database.database()).declare(List.of(), () -> {});
                    } catch (Exception failed) {
                        throw new AssertionError(failed);
                    }
                }))
                .succeedsWithin(Duration.ofSeconds(10));
        assertThat(registry.list()).isEmpty();
    }

    private static UpstreamEntry made(UpstreamChange change) {
        assertThat(change).isInstanceOf(UpstreamChange.Done.class);
        return ((UpstreamChange.Done) change).upstream();
    }

    private static UpstreamFields fields(String name) {
        return new UpstreamFields(
                name, Dialect.OPENAI, "https://" + name + ".example", null, true, UpstreamOptions.DEFAULT);
    }

    private static UpstreamFields with(UpstreamFields before, String baseUrl, boolean enabled) {
        return new UpstreamFields(
                before.name(), before.dialect(), baseUrl, before.forwardProxy(), enabled, before.options());
    }
}
