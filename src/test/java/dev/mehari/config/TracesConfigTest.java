package dev.mehari.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracesConfigTest {
    private static TracesConfig with(String key, String value) {
        return Configuration.from(Settings.of(Layer.properties("test", Map.of(key, value))))
                .traces();
    }

    @Test
    void a_path_of_the_collector_is_kept() {
        assertThat(with("mehari.traces.endpoint", "https://c:4318/otlp/v1/traces")
                        .endpoint())
                .isEqualTo(URI.create("https://c:4318/otlp/v1/traces"));
        assertThat(with("mehari.traces.endpoint", "http://[::1]:4318/").endpoint())
                .isEqualTo(URI.create("http://[::1]:4318/v1/traces"));
    }

    @Test
    void headers_are_read_by_name_with_encoded_values() {
        assertThat(with("mehari.traces.headers", "Authorization=Basic%20YTpi==, X-Team = a%2Cb+c,\nX-Empty=")
                        .headersByName())
                .containsExactly(
                        entry("Authorization", "Basic YTpi=="), entry("X-Team", "a,b+c"), entry("X-Empty", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "=x", "Host=x", "X Y=1", "A=%0d%0aB: 1", "A=%zz"})
    void headers_that_cannot_be_sent_are_a_problem_that_does_not_show_them(String headers) {
        assertThatThrownBy(() -> with("mehari.traces.headers", headers))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("mehari.traces.headers")
                .hasMessageNotContaining(headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://c", "http://user:pw@c", "http://c?token=1", "collector:4318"})
    void an_endpoint_that_spans_cannot_be_sent_to_is_a_problem(String endpoint) {
        assertThatThrownBy(() -> with("mehari.traces.endpoint", endpoint))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("mehari.traces.endpoint");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.1", "1.1", "NaN", "half"})
    void a_share_is_from_0_to_1(String sample) {
        assertThatThrownBy(() -> with("mehari.traces.sample", sample))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("from 0 to 1");
    }
}
