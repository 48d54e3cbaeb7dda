package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.testing.FakeSettings;
import dev.mehari.testing.TestExchange;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminResourcesTest {
    private final FakeSettings settings = new FakeSettings();
    private final Exchange exchange = TestExchange.create();

    @Test
    void shows_the_state() throws Exception {
        // row 39
        JsonNode state = JsonNodeFactory.instance.objectNode().put("status", "healthy");

        assertThat(answer(new ShowStats(() -> state), 200)).isEqualTo(state);
    }

    @Test
    void lists_settings() throws Exception {
        // row 41
        JsonNode body = answer(new ShowSettings(settings), 200);

        assertThat(body.at("/settings/0").toString())
                .isEqualTo("{\"key\":\"proxy.max_concurrent\",\"value\":\"100\",\"default\":\"100\","
                        + "\"description\":\"Permits.\"}");
        assertThat(body.path("settings")).hasSize(2);
    }

    @Test
    void shows_one_setting() throws Exception {
        exchange.getMessage().setHeader("key", "proxy.queue_timeout");

        assertThat(answer(new ShowSetting(settings), 200).path("value").asText())
                .isEqualTo("5s");
    }

    @Test
    void answers_404_for_a_setting_that_there_is_not() throws Exception {
        exchange.getMessage().setHeader("key", "proxy.nonsense");

        answer(new ShowSetting(settings), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"value\":5}", "{\"value\":\"5\"}"})
    void changes_a_setting(String body) throws Exception {
        // row 41
        exchange.getMessage().setHeader("key", "proxy.max_concurrent");
        exchange.getMessage().setBody(body);

        assertThat(answer(new ChangeSetting(settings), 200).path("value").asText())
                .isEqualTo("5");
        assertThat(settings.get("proxy.max_concurrent").orElseThrow().value()).isEqualTo("5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "{}", "{\"value\":null}", "{\"value\":[5]}", "{\"value\":", "{\"value\":\"many\"}"})
    void changes_nothing_for_a_bad_value(String body) throws Exception {
        // row 41
        exchange.getMessage().setHeader("key", "proxy.max_concurrent");
        exchange.getMessage().setBody(body);

        answer(new ChangeSetting(settings), 400);

        assertThat(settings.get("proxy.max_concurrent").orElseThrow().value()).isEqualTo("100");
    }

    @Test
    void names_the_nearest_setting_for_an_unknown_key() throws Exception {
        exchange.getMessage().setHeader("key", "proxy.max_concurent");
        exchange.getMessage().setBody("{\"value\":5}");

        assertThat(answer(new ChangeSetting(settings), 404).at("/error/message").asText())
                .contains("proxy.max_concurrent");
    }

    private JsonNode answer(Processor processor, int status) throws Exception {
        processor.process(exchange);
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(status);
        assertThat(exchange.getMessage().getHeader("key")).isNull();
        return new ObjectMapper().readTree((byte[]) exchange.getMessage().getBody());
    }
}
