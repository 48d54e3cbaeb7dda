package dev.mehari.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.config.Secret;
import dev.mehari.config.TargetConfig;
import dev.mehari.exchange.Dialect;
import dev.mehari.failure.RequestRejected;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamsTest {
    private static final URI SIMULATED = URI.create("http://127.0.0.1:9999");

    private static TargetConfig config(String host, String openaiKey, String anthropicKey) {
        return new TargetConfig(
                host,
                8443,
                true,
                "",
                host == null ? null : new Secret("Bearer own"),
                openaiKey == null ? null : new Secret(openaiKey),
                anthropicKey == null ? null : new Secret(anthropicKey),
                host == null ? null : URI.create("http://proxy.example:3128"));
    }

    @Test
    void sends_both_apis_to_the_simulated_upstream_when_nothing_is_configured() throws Exception {
        var upstreams = Upstreams.from(config(null, null, null), SIMULATED, new FakeUpstreamStore());

        assertThat(only(upstreams, Dialect.OPENAI).port()).isEqualTo(9999);
        assertThat(only(upstreams, Dialect.ANTHROPIC)).isSameAs(only(upstreams, Dialect.OPENAI));
        assertThat(upstreams.takesEveryPath()).isFalse();
        assertThat(upstreams.all()).hasSize(1);
    }

    @Test
    void sends_each_api_to_its_own_with_its_own_credential() throws Exception {
        var config = config(null, "sk-1", "ant-1");
        var upstreams = Upstreams.from(config, SIMULATED, new FakeUpstreamStore());

        Upstream openAi = only(upstreams, Dialect.OPENAI);
        Upstream anthropic = only(upstreams, Dialect.ANTHROPIC);

        assertThat(openAi.authority()).isEqualTo("api.openai.com");
        assertThat(openAi.tls()).isTrue();
        assertThat(openAi.port()).isEqualTo(443);
        assertThat(openAi.credential()).isEqualTo(new UpstreamCredential("Authorization", "Bearer sk-1"));
        assertThat(anthropic.authority()).isEqualTo("api.anthropic.com");
        assertThat(anthropic.credential()).isEqualTo(new UpstreamCredential("x-api-key", "ant-1"));
        assertThat(openAi.toString() + anthropic + config)
                .doesNotContain("sk-1")
                .doesNotContain("ant-1");
    }

    @Test
    void refuses_the_api_that_no_key_is_known_for() {
        var upstreams = Upstreams.from(config(null, "sk-1", null), SIMULATED, new FakeUpstreamStore());

        assertThatThrownBy(() -> upstreams.forDialect(Dialect.ANTHROPIC)).isInstanceOf(RequestRejected.class);
        assertThatThrownBy(() -> upstreams.forDialect(Dialect.PLAIN)).isInstanceOf(RequestRejected.class);
    }

    @Test
    void sends_everything_to_a_plain_target() throws Exception {
        var proxy = new ForwardProxy("proxy.example", 3128);
        var upstreams = Upstreams.from(config("backend.example", "sk-1", null), SIMULATED, new FakeUpstreamStore());

        assertThat(upstreams.takesEveryPath()).isTrue();
        assertThat(upstreams.all()).containsExactly(only(upstreams, Dialect.PLAIN));
        assertThat(only(upstreams, Dialect.OPENAI).authority()).isEqualTo("backend.example:8443");
        assertThat(only(upstreams, Dialect.OPENAI).credential())
                .isEqualTo(new UpstreamCredential("Authorization", "Bearer own"));
        assertThat(only(upstreams, Dialect.OPENAI).forwardProxy()).isEqualTo(proxy);
    }

    @ParameterizedTest
    @CsvSource({
        "http://h, h, 80, ''",
        "http://h:8000/, h:8000, 8000, ''",
        "https://h/v1/, h, 443, ''",
        "https://h/gateway/v1, h, 443, /gateway",
        "http://[::1]:81/a/b, [::1]:81, 81, /a/b",
    })
    void takes_a_base_url_apart(String url, String authority, int port, String basePath) {
        Upstream upstream = Upstream.at("u", Dialect.OPENAI, URI.create(url), null, null);

        assertThat(upstream.authority()).isEqualTo(authority);
        assertThat(upstream.port()).isEqualTo(port);
        assertThat(upstream.basePath()).isEqualTo(basePath);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://h", "h:80", "http://user:secret@h", "http://h?x=1", "http://h:99999"})
    void refuses_a_base_url_that_is_none(String url) {
        assertThatThrownBy(() -> Upstream.at("u", Dialect.OPENAI, URI.create(url), null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_stored_upstream_takes_the_place_of_the_simulated_one_for_its_dialect_only() throws Exception {
        Upstream mine = FakeUpstreamStore.upstream("mine", Dialect.OPENAI, 50, 1);
        var upstreams = new FakeUpstreamStore().with(mine).directory();

        assertThat(upstreams.forDialect(Dialect.OPENAI)).containsExactly(mine);
        assertThat(only(upstreams, Dialect.ANTHROPIC).name()).isEqualTo("simulated");
        assertThat(upstreams.takesEveryPath()).isFalse();
        assertThat(upstreams.all()).extracting(Upstream::name).containsExactly("mine", "simulated");
    }

    @Test
    void a_stored_plain_upstream_takes_the_calls_of_every_dialect_and_path() throws Exception {
        Upstream any = FakeUpstreamStore.upstream("any", Dialect.PLAIN, 50, 1);
        var upstreams = new FakeUpstreamStore().with(any).directory();

        for (Dialect dialect : Dialect.values()) {
            assertThat(upstreams.forDialect(dialect)).containsExactly(any);
        }
        assertThat(upstreams.takesEveryPath()).isTrue();
    }

    @Test
    void what_is_configured_stays_beside_what_is_stored_unless_that_has_its_name() throws Exception {
        var store = new FakeUpstreamStore();
        var upstreams = Upstreams.from(config(null, "sk-1", "ant-1"), SIMULATED, store);
        store.with(
                FakeUpstreamStore.upstream("first", Dialect.OPENAI, 10, 1),
                FakeUpstreamStore.upstream("last", Dialect.OPENAI, 90, 1),
                FakeUpstreamStore.upstream("anthropic", Dialect.ANTHROPIC, 90, 1));
        assertThat(names(upstreams, Dialect.OPENAI)).containsExactly("openai");

        upstreams.reload();

        assertThat(names(upstreams, Dialect.OPENAI)).containsExactly("first", "openai", "last");
        assertThat(only(upstreams, Dialect.ANTHROPIC).credential()).isNull();
        store.with();
        upstreams.reload();
        assertThat(only(upstreams, Dialect.ANTHROPIC).credential()).isNotNull();
    }

    @Test
    void what_calls_need_is_prepared_before_an_upstream_is_in_force() throws Exception {
        var store = new FakeUpstreamStore();
        var upstreams = Upstreams.from(config(null, "sk-1", null), SIMULATED, store);
        List<String> events = new ArrayList<>();

        upstreams.prepareBy(coming -> events.add(names(coming) + " while calls go to " + names(upstreams.all())));
        store.with(FakeUpstreamStore.upstream("first", Dialect.OPENAI, 10, 1));
        upstreams.reload();

        assertThat(events)
                .containsExactly("[openai] while calls go to [openai]", "[first, openai] while calls go to [openai]");
        assertThat(names(upstreams.all())).containsExactly("first", "openai");
    }

    private static Upstream only(Upstreams upstreams, Dialect dialect) throws RequestRejected {
        assertThat(upstreams.forDialect(dialect)).hasSize(1);
        return upstreams.forDialect(dialect).get(0);
    }

    private static List<String> names(Upstreams upstreams, Dialect dialect) throws RequestRejected {
        return names(upstreams.forDialect(dialect));
    }

    private static List<String> names(List<Upstream> upstreams) {
        return upstreams.stream().map(Upstream::name).toList();
    }
}
