package dev.mehari.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.testing.LlmStub.Hint;
import dev.mehari.testing.LlmStub.Refuse;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-ins for LLM APIs and token endpoints do what tests tell them. */
class LlmStubTest {
    private final LlmStub llm = LlmStub.serving();

    @AfterEach
    void close() {
        llm.close();
    }

    private RawClient.Answer call(String credential, boolean stream, String path) throws IOException {
        try (RawClient client = RawClient.connect(llm.port())) {
            return client.post(
                            path,
                            "{\"model\":\"m\",\"user\":\"u\",\"stream\":" + stream + "}",
                            "Authorization",
                            "Bearer " + credential)
                    .answer();
        }
    }

    private RawClient.Answer call(String credential) throws IOException {
        return call(credential, false, "/v1/chat/completions");
    }

    @Test
    void serves_both_dialects_whole_and_in_streams_and_remembers_who_came() throws Exception {
        assertThat(new ObjectMapper()
                        .readTree(call("sk-a").body())
                        .at("/usage/total_tokens")
                        .asInt())
                .isEqualTo(13);
        assertThat(call("sk-b", true, "/v1/chat/completions").body()).endsWith("data: [DONE]\n\n");
        assertThat(call("sk-a", true, "/v1/messages").body())
                .startsWith("event: message_start\n")
                .endsWith("data: {\"type\":\"message_stop\"}\n\n");

        assertThat(llm.credentials()).containsExactly("sk-a", "sk-b", "sk-a");
        assertThat(llm.uses("sk-b")).singleElement().satisfies(use -> {
            assertThat(use.model()).isEqualTo("m");
            assertThat(use.user()).isEqualTo("u");
            assertThat(use.endedNanos()).isGreaterThanOrEqualTo(use.answeredNanos());
            assertThat(use.answeredNanos()).isGreaterThan(use.arrivedNanos());
        });
    }

    @Test
    void treats_each_credential_as_it_is_told() throws Exception {
        llm.treat("sk-a", Refuse.with(401)).treatOthers(use -> new LlmStub.Say(418, "text/plain", "tea"));

        assertThat(call("sk-a").status()).isEqualTo(401);
        assertThat(call("sk-b").status()).isEqualTo(418);
        assertThat(llm.serveAll().uses()).hasSize(2);
        assertThat(call("sk-a").status()).isEqualTo(200);
    }

    @Test
    void says_in_every_way_when_to_come_again() throws Exception {
        assertThat(hinted(Hint.RETRY_AFTER).headers()).containsEntry("retry-after", "91");
        assertThat(hinted(Hint.RETRY_AFTER_DATE).headers().get("retry-after")).endsWith("GMT");
        assertThat(hinted(Hint.RETRY_AFTER_MS).headers()).containsEntry("retry-after-ms", "90500");
        assertThat(hinted(Hint.OPENAI).headers()).containsEntry("x-ratelimit-reset-requests", "1m30.5s");
        assertThat(Instant.parse(hinted(Hint.ANTHROPIC).headers().get("anthropic-ratelimit-requests-reset")))
                .isBetween(Instant.now().plusSeconds(80), Instant.now().plusSeconds(91));
        assertThat(hinted(Hint.QUOTA_RESET).body()).contains("quotaResetTimeStamp");
        assertThat(hinted(Hint.NONE).headers()).doesNotContainKey("retry-after");
    }

    private RawClient.Answer hinted(Hint hint) throws IOException {
        llm.treatOthers(use -> Refuse.with(429, hint, Duration.ofMillis(90_500)));
        return call("sk-a");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100_000})
    void cuts_bodies_anywhere(int bytes) throws Exception {
        llm.treatOthers(use -> new LlmStub.Cut(bytes));

        for (boolean stream : new boolean[] {true, false}) {
            RawClient.Answer cut = call("sk-a", stream, "/v1/chat/completions");
            assertThat(cut.status()).isEqualTo(200);
            assertThat(cut.cleanEnd()).isFalse();
            assertThat(cut.body()).doesNotContain("[DONE]").doesNotEndWith("}}");
        }
    }

    @Test
    void breaks_connections_and_speaks_no_http() throws Exception {
        llm.treat("reset", new LlmStub.Reset()).treat("garbage", new LlmStub.Garbage());

        Assertions.assertThatThrownBy(() -> call("reset")).isInstanceOfAny(SocketException.class, EOFException.class);
        Assertions.assertThatThrownBy(() -> call("garbage")).isInstanceOf(Exception.class);
    }

    @Test
    void issues_tokens_and_refuses_to() throws Exception {
        try (TokenStub tokens = TokenStub.issuing(Duration.ofHours(1));
                RawClient client = RawClient.connect(tokens.url().getPort())) {
            String form = "grant_type=refresh_token&refresh_token=r%2F1&client_id=c";
            assertThat(client.post("/token", form).answer().body())
                    .contains("\"access_token\":\"" + tokens.accessToken(1) + "\"", "\"expires_in\":3600");
            tokens.answer(refresh -> new TokenStub.Refused("invalid_grant"));
            assertThat(client.post("/token", form).answer().status()).isEqualTo(400);

            assertThat(tokens.issued()).isEqualTo(1);
            assertThat(tokens.refreshes()).hasSize(2).allSatisfy(refresh -> {
                assertThat(refresh.token()).isEqualTo("r/1");
                assertThat(refresh.client()).isEqualTo("c");
            });
        }
    }
}
