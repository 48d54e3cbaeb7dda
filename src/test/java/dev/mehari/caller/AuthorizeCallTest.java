package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.Forbidden;
import dev.mehari.testing.TestExchange;
import java.util.List;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizeCallTest {
    private static final Access SOME_MODELS =
            new Access(new AllowList(List.of("gpt-4o*")), AllowList.ALL, AllowList.ALL);
    private static final Access SOME_CLIENTS =
            new Access(AllowList.ALL, new AllowList(List.of("claude-cli")), AllowList.ALL);

    private final AuthorizeCall authorize = new AuthorizeCall();

    @Test
    void whoever_may_use_everything_and_whoever_needs_no_key_goes_on() {
        assertThatCode(() -> authorize.process(call(Access.ALL, "POST", "/v1/completions", null)))
                .doesNotThrowAnyException();
        assertThatCode(() -> authorize.process(TestExchange.create())).doesNotThrowAnyException();
    }

    // row 47
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/chat/completions",
                "/v1/responses",
                "/v1/embeddings",
                "/v1/messages",
                "/v1/messages/count_tokens",
                "/v1/%63hat/completions"
            })
    void a_model_has_to_be_named_and_allowed(String path) {
        assertThatCode(() -> authorize.process(call(SOME_MODELS, "POST", path, "gpt-4o-mini")))
                .doesNotThrowAnyException();
        assertThat(refusal(call(SOME_MODELS, "POST", path, "gpt-5")).getMessage())
                .contains("gpt-5");
        assertThat(refusal(call(SOME_MODELS, "POST", path, null)).getMessage()).contains("uncompressed");
    }

    // row 47
    @Test
    void where_the_model_is_not_read_only_asking_is_allowed() {
        assertThat(refusal(call(SOME_MODELS, "POST", "/v1/completions", null)).code())
                .isEqualTo("model_not_allowed");
        assertThat(refusal(call(SOME_MODELS, "GET", "/v1/messages", null)).code())
                .isEqualTo("model_not_allowed");
        assertThatCode(() -> authorize.process(call(SOME_MODELS, "GET", "/v1/models", null)))
                .doesNotThrowAnyException();
        assertThatCode(() -> authorize.process(call(SOME_MODELS, "GET", "/v1/responses/resp_1", null)))
                .doesNotThrowAnyException();
    }

    // row 47
    @Test
    void a_client_has_to_be_allowed_except_for_counting_tokens() throws Exception {
        Exchange other = call(SOME_CLIENTS, "POST", "/v1/messages", "m");
        other.getMessage().setHeader("User-Agent", List.of("curl/8", "claude-cli"));
        Forbidden refused = refusal(other);

        assertThat(refused.code()).isEqualTo("client_not_allowed");
        assertThat(refused.details().keySet()).containsExactly("allowedClients", "userAgent");
        assertThat(refused.details()).containsEntry("userAgent", "curl/8");
        assertThat(refusal(call(SOME_CLIENTS, "GET", "/v1/models", null)).details())
                .containsEntry("userAgent", "");
        authorize.process(call(SOME_CLIENTS, "POST", "/v1/messages/count_tokens", "m"));
    }

    private Forbidden refusal(Exchange exchange) {
        return catchThrowableOfType(Forbidden.class, () -> authorize.process(exchange));
    }

    private static Exchange call(Access access, String method, String path, @Nullable String model) {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.CALLER, new Caller("1", "a", 5, access));
        exchange.getMessage().setHeader(Exchange.HTTP_METHOD, method);
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, path);
        if (model != null) {
            exchange.setProperty(ExchangeKeys.MODEL, model);
        }
        return exchange;
    }
}
