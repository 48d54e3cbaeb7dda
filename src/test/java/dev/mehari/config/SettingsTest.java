package dev.mehari.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @Test
    void a_stronger_layer_overrides_a_weaker_one() {
        Layer file = Layer.properties("file", Map.of("mehari.listen.port", "1", "mehari.admin.port", "2"));
        Layer environment = Layer.environment(Map.of("MEHARI_LISTEN_PORT", "3"));

        assertThat(read(file).listen().port()).isEqualTo(1);
        assertThat(read(file, environment).listen().port()).isEqualTo(3);
        assertThat(read(file, environment, Layer.flags(Map.of("--port", "4"))).listen())
                .returns(4, ListenConfig::port)
                .returns(2, ListenConfig::adminPort);
    }

    @Test
    void a_preset_lies_between_the_defaults_and_everything_given() {
        Layer file = Layer.properties("file", Map.of("mehari.proxy.max-queue", "7"));
        Configuration configuration = read(file, Layer.flags(Map.of("--preset", "high-load")));

        assertThat(configuration.proxy())
                .returns(200, ProxyDefaults::maxConcurrent)
                .returns(7, ProxyDefaults::maxQueue);
        assertThat(read(Layer.flags(Map.of("--preset", "low-latency"))))
                .returns(50, c -> c.proxy().maxConcurrent())
                .returns(Duration.ofSeconds(30), c -> c.timeouts().idle());
        assertThat(read(Layer.flags(Map.of("--preset", "long-calls"))))
                .returns(100, c -> c.proxy().maxConcurrent())
                .returns(Duration.ofMinutes(5), c -> c.timeouts().firstByte());
    }

    @Test
    void lists_all_problems_at_once_each_with_what_to_do() {
        Layer file = Layer.properties(
                "app.properties",
                Map.of("mehari.proxy.max-concurent", "5", "mehari.shutdown.drain", "60", "camel.main.name", "mine"));
        Layer environment = Layer.environment(Map.of(
                "MEHARI_LISTEN_PRT", "80", "MEHARI_PROXY_RATE_LIMIT", "-1", "MEHARI_PRESET", "fast", "PATH", "/bin"));
        Layer flags = Layer.flags(Map.of("--no-auth", "true", "--target-port", "x", "--pool-maxsize", "0"));

        ConfigurationException failure =
                catchThrowableOfType(ConfigurationException.class, () -> read(file, environment, flags));

        assertThat(failure.problems())
                .containsExactlyInAnyOrder(
                        "mehari.proxy.max-concurent (app.properties) is not a setting:"
                                + " did you mean mehari.proxy.max-concurrent?",
                        "MEHARI_LISTEN_PRT (environment) is not a setting: did you mean MEHARI_LISTEN_PORT?",
                        "mehari.shutdown.drain (app.properties): \"60\":"
                                + " write a duration with its unit, such as 500ms, 2s, 5m or 1h",
                        "MEHARI_PROXY_RATE_LIMIT: \"-1\": write a whole number from 0 to 1000000",
                        "MEHARI_PRESET: \"fast\": write one of none, long-calls, high-load, low-latency",
                        "--pool-maxsize: \"0\": write a whole number from 1 to 1000000",
                        "--target-port: \"x\": write a whole number from 0 to 65535",
                        "a target's port or TLS is set without its host: add --target-host",
                        "--no-auth (mehari.auth=false) would let everyone in who reaches 0.0.0.0:"
                                + " listen on this machine only with --host 127.0.0.1, or drop --no-auth");
        assertThat(failure.getMessage()).contains("9 problems").contains(failure.problems());
    }

    @Test
    void no_authentication_is_fine_on_loopback() {
        for (String host : List.of("127.0.0.1", "127.1.2.3", "localhost", "::1")) {
            assertThat(read(Layer.flags(Map.of("--no-auth", "true", "--host", host)))
                            .auth()
                            .required())
                    .as(host)
                    .isFalse();
        }
    }

    @Test
    void two_ports_alike_contradict_each_other() {
        assertThatThrownBy(() -> read(Layer.flags(Map.of("--port", "9090"))))
                .hasMessageContaining("both 9090")
                .hasMessageContaining("--admin-port");
    }

    @Test
    void seconds_flags_take_plain_numbers_and_durations() {
        Layer flags = Layer.flags(Map.of("--connect-timeout", "3", "--read-timeout", "1500ms"));

        assertThat(read(flags).timeouts())
                .isEqualTo(new TimeoutConfig(
                        Duration.ofSeconds(3), Duration.ofMillis(1500), Duration.ofMillis(1500), null));
    }

    @Test
    void a_blank_value_counts_as_not_given() {
        assertThat(read(Layer.environment(Map.of("MEHARI_LISTEN_PORT", " ", "MEHARI_DB_URL", "")))
                        .listen()
                        .port())
                .isEqualTo(8080);
    }

    @Test
    void vendor_variables_give_the_upstream_keys() {
        Layer environment = Layer.environment(
                Map.of("OPENAI_API_KEY", "sk-1", "ANTHROPIC_API_KEY", "sk-2", "MEHARI_ANTHROPIC_API_KEY", "sk-3"));

        assertThat(read(environment).target())
                .returns(new Secret("sk-1"), TargetConfig::openaiKey)
                .returns(new Secret("sk-3"), TargetConfig::anthropicKey);
    }

    @Test
    void variables_of_others_and_of_service_links_are_no_settings() {
        read(Layer.environment(Map.of(
                "MEHARI_ADMIN_URL", "u",
                "MEHARI_INITIAL_KEY", "k",
                "MEHARI_PORT", "tcp://10.0.0.1:8080",
                "MEHARI_PORT_8080_TCP_ADDR", "10.0.0.1",
                "MEHARI_ADMIN_SERVICE_HOST", "10.0.0.1",
                "MEHARI_SERVICE_PORT_HTTP", "8080",
                "HOME", "/")));
    }

    @Test
    void shows_no_secret() {
        Settings settings = Settings.of(Layer.properties(
                "file",
                Map.of(
                        "mehari.db.password",
                        "hunter2",
                        "mehari.db.url",
                        "jdbc:postgresql://h/d?password=hunter2&x=1")));
        Configuration configuration = Configuration.from(settings);

        assertThat(settings.declared().toString() + settings.effective() + configuration.target())
                .doesNotContain("hunter2")
                .contains("password=***&x=1");
        assertThat(settings.effective()).doesNotContainKey("mehari.db.password");
        assertThat(new Secret("hunter2")).hasToString("***");
    }

    @Test
    void refuses_a_proxy_with_a_password_and_does_not_show_it() {
        Settings settings = Settings.of(
                Layer.properties("file", Map.of("mehari.upstream.forward-proxy", "http://ana:hunter2@proxy:3128")));

        assertThatThrownBy(() -> Configuration.from(settings))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Mehari logs in to no proxy")
                .hasMessageNotContaining("hunter2");
        assertThat(settings.declared().toString())
                .contains("http://***@proxy:3128")
                .doesNotContain("hunter2");
    }

    @Test
    void reads_files_in_utf_8_and_names_the_one_it_cannot_read(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a.properties"), "# Größe\nmehari.relay.max-body = 1MiB\n");

        assertThat(read(Layer.file(file)).relay().maxBody()).isEqualTo(new ByteSize(1 << 20));
        assertThatThrownBy(() -> Layer.file(folder.resolve("absent")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("absent")
                .hasMessageContaining("--config");
    }

    @ParameterizedTest
    @CsvSource({
        "::1, [::1], [::1]",
        "[::1], [::1], [::1]",
        "::, [::], 127.0.0.1",
        "0.0.0.0, 0.0.0.0, 127.0.0.1",
        "gateway-1.internal, gateway-1.internal, gateway-1.internal"
    })
    void an_address_to_listen_on_may_be_one_of_ipv6(String given, String host, String reachable) {
        ListenConfig listen = read(Layer.flags(Map.of("--host", given, "--admin-host", given)))
                .listen();

        assertThat(listen).returns(host, ListenConfig::host).returns(host, ListenConfig::adminHost);
        assertThat(ListenConfig.reachable(listen.host())).isEqualTo(reachable);
        assertThat(listen.isLoopback()).isEqualTo(host.equals("[::1]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8080", "http://localhost", "my_host", "a b", "[::1", "me@localhost"})
    void what_is_no_address_to_listen_on_is_refused(String given) {
        for (String flag : List.of("--host", "--admin-host")) {
            assertThatThrownBy(() -> read(Layer.flags(Map.of(flag, given))))
                    .hasMessageContaining(flag)
                    .hasMessageContaining("write a host name or an IP address alone");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "[::1]"})
    void a_target_may_be_an_address_of_ipv6(String given) {
        assertThat(read(Layer.flags(Map.of("--target-host", given))).target()).returns("::1", TargetConfig::host);
    }

    @Test
    void a_database_url_of_another_kind_is_refused() {
        assertThatThrownBy(() -> read(Layer.flags(Map.of("--db-url", "mysql://h/d"))))
                .hasMessageContaining("must begin with jdbc:postgresql:");
    }

    private static Configuration read(Layer... layers) {
        return Configuration.from(Settings.of(layers));
    }
}
