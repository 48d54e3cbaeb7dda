package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mehari.admin.UpstreamsFile.Declared;
import dev.mehari.config.ConfigurationException;
import dev.mehari.config.Secret;
import dev.mehari.credential.Credential.Kind;
import dev.mehari.credential.DeclaredCredential;
import dev.mehari.exchange.Dialect;
import dev.mehari.upstream.UpstreamFields;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Probe;
import dev.mehari.upstream.UpstreamOptions.Timeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamsFileTest {
    private static final String WHOLE = """
            upstreams:
              - name: openai
                dialect: openai
                base_url: https://${REGION}.api.example.com/v1
                forward_proxy: none
                enabled: false
                priority: 10
                weight: 3
                max_concurrent: 40
                models: [gpt-*, "o3"]
                aliases: {gpt-x: vendor/gpt-x}
                choice: rotation
                rotation_calls: 7
                sticky: 10m
                timeouts: {connect: 2s, first_byte: 1m, idle: 30s, total: 5m}
                tls: {verify: false}
                probe: {interval: 30s, model: gpt-x}
                credentials:
                  - name: one
                    secret: ${KEY_ONE}
                    email: a@b.example
                    priority: 2
                    weight: 5
                    max_concurrent: 4
                    daily_quota: 1000
                    user_gap_ms: 250
                    models: [gpt-x]
                  - name: two
                    kind: oauth
                    token_url: https://auth.example.com/token
                    client_id: me
                    client_secret: cs
                    refresh_token: rt
                    scopes: a b
                  - {name: three, kind: header, header: x-token, secret: "$${literal}", enabled: false}
              - {name: plain.one, dialect: plain, base_url: "http://[::1]:81/x"}
            """;
    private static final Map<String, String> ENVIRONMENT = Map.of("REGION", "eu", "KEY_ONE", "sk-secret-one");

    @TempDir
    private Path folder;

    @Test
    void reads_all_that_there_is_to_say() throws Exception {
        List<Declared> all = read(WHOLE);

        UpstreamFields first = all.get(0).upstream();
        assertThat(first.name()).isEqualTo("openai");
        assertThat(first.dialect()).isEqualTo(Dialect.OPENAI);
        assertThat(first.baseUrl()).isEqualTo("https://eu.api.example.com/v1");
        assertThat(first.forwardProxy()).isEqualTo("none");
        assertThat(first.enabled()).isFalse();
        UpstreamOptions options = first.options();
        assertThat(options.priority()).isEqualTo(10);
        assertThat(options.weight()).isEqualTo(3);
        assertThat(options.maxConcurrent()).isEqualTo(40);
        assertThat(options.models().patterns()).containsExactly("gpt-*", "o3");
        assertThat(options.aliases()).containsExactly(Map.entry("gpt-x", "vendor/gpt-x"));
        assertThat(options.choice()).isEqualTo(UpstreamOptions.Choice.ROTATION);
        assertThat(options.rotationCalls()).isEqualTo(7);
        assertThat(options.sticky()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofMinutes(5)));
        assertThat(options.trust().verify()).isFalse();
        assertThat(options.probe()).isEqualTo(new Probe(Duration.ofSeconds(30), "gpt-x"));
        assertThat(all.get(1).upstream())
                .isEqualTo(new UpstreamFields(
                        "plain.one", Dialect.PLAIN, "http://[::1]:81/x", null, true, UpstreamOptions.DEFAULT));
    }

    @Test
    void reads_credentials_of_each_kind_and_shows_no_secret() throws Exception {
        List<DeclaredCredential> all = read(WHOLE).get(0).credentials();

        assertThat(all.get(0).kind()).isEqualTo(Kind.API_KEY);
        assertThat(all.get(0).secret()).isEqualTo(new Secret("sk-secret-one"));
        assertThat(all.get(0).userGap()).isEqualTo(Duration.ofMillis(250));
        assertThat(all.get(0).dailyQuota()).isEqualTo(1000);
        assertThat(all.get(1).kind()).isEqualTo(Kind.OAUTH);
        assertThat(all.get(1).secret()).isNull();
        assertThat(all.get(1).grant().refreshToken()).isEqualTo(new Secret("rt"));
        assertThat(all.get(1).grant().scopes()).isEqualTo("a b");
        assertThat(all.get(2).header()).isEqualTo("x-token");
        assertThat(all.get(2).secret()).isEqualTo(new Secret("${literal}"));
        assertThat(all.get(2).enabled()).isFalse();
        assertThat(all.toString()).doesNotContain("sk-secret", "rt]", "literal}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "upstreams:\n", "upstreams: []\n"})
    void may_declare_nothing(String text) throws Exception {
        assertThat(read(text)).isEmpty();
    }

    @Test
    void tells_all_problems_at_once_each_with_its_line_and_no_secret() {
        List<String> problems = problems("""
                upstreams:
                  - name: Bad Name
                    dialect: soap
                    base_url: https://user:sk-inline@h
                    priority: 0
                    timeouts:
                      idle: soon
                      never: 1s
                    colour: red
                    credentials:
                      - name: one
                        secret: ${ABSENT}
                        kind: api-key
                      - name: one
                        secret: "sk-inline\\n"
                        weight: heavy
                      - kind: oauth
                  - just text
                  - {name: a, dialect: plain, base_url: http://h}
                  - {name: a, dialect: plain, base_url: http://h, base_url: http://i}
                rest: 1
                """);

        assertThat(problems)
                .anyMatch(one -> one.contains("line 2: name:"))
                .anyMatch(one -> one.contains("line 3: dialect: must be one of openai, anthropic, plain"))
                .anyMatch(one -> one.contains("line 4: base_url:"))
                .anyMatch(one -> one.contains("line 5: priority: must be from 1 to 100"))
                .anyMatch(one -> one.contains("line 7: timeouts.idle:"))
                .anyMatch(one -> one.contains("line 8: timeouts.never: there is no such field"))
                .anyMatch(one -> one.contains("line 9: colour: there is no such field"))
                .anyMatch(one -> one.contains("line 12: the environment variable ABSENT is not set"))
                .anyMatch(one -> one.contains("line 14: there are two credentials with the name one"))
                .anyMatch(one -> one.contains("line 16: weight:"))
                .anyMatch(one -> one.contains("line 17: name: must be given"))
                .anyMatch(one -> one.contains("line 17: refresh_token: must be given for the kind oauth"))
                .anyMatch(one -> one.contains("line 18: an upstream must have fields"))
                .anyMatch(one -> one.contains("line 20: there are two upstreams with the name a"))
                .anyMatch(one -> one.contains("line 20: base_url is there twice"))
                .anyMatch(one -> one.contains("line 21: rest:"))
                .allMatch(one -> !one.contains("sk-inline"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upstreams: [\n - sk-inline",
                "upstreams: 5",
                "- a",
                "text",
                "a: b: sk-inline",
                "\tupstreams:",
                "upstreams: &a [*a]",
                "upstreams:\n  - name: ${\n",
                "upstreams:\n  - name: ${a-b}\n",
                "? [a]\n: b",
                "upstreams: !!binary sk-inline",
                "--- a\n--- b"
            })
    void refuses_what_is_no_such_file(String text) {
        assertThat(problems(text)).isNotEmpty().noneMatch(problem -> problem.contains("sk-inline"));
    }

    @Test
    void takes_a_secret_from_the_file_that_a_variable_names() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "sk-from-file\n");
        String text = "upstreams: [{name: a, dialect: plain, base_url: 'http://h', credentials: "
                + "[{name: c, secret: '${KEY}'}]}]";

        List<Declared> all = UpstreamsFile.read(file(text), Map.of("KEY_FILE", secret.toString()));

        assertThat(all.get(0).credentials().get(0).secret()).isEqualTo(new Secret("sk-from-file"));
    }

    @Test
    void says_that_the_file_is_not_there() {
        assertThatThrownBy(() -> UpstreamsFile.read(folder.resolve("none"), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("mehari.upstreams.yaml");
    }

    @Test
    void the_example_that_is_shipped_is_sound_once_its_comments_are_taken_away() throws Exception {
        Path shipped = Path.of("config/upstreams.yaml");
        assertThat(UpstreamsFile.read(shipped, Map.of())).isEmpty();
        String uncommented = Files.readAllLines(shipped).stream()
                .dropWhile(line -> !line.startsWith("#upstreams"))
                .map(line -> line.substring(1))
                .collect(Collectors.joining("\n"));
        Map<String, String> environment = Map.of("OPENAI_KEY", "k", "BACKUP_KEY", "k", "REFRESH_TOKEN", "k");

        assertThat(UpstreamsFile.read(file(uncommented), environment)).hasSizeGreaterThan(1);
    }

    private List<Declared> read(String text) throws IOException {
        return UpstreamsFile.read(file(text), ENVIRONMENT);
    }

    private List<String> problems(String text) {
        return catchThrowableOfType(ConfigurationException.class, () -> read(text))
                .problems();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("upstreams.yaml"), text);
    }
}
