package dev.mehari.inspection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.exchange.Conversation;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.testing.TestExchange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String SYSTEM = "{\"role\":\"system\",\"content\":\"Be brief.\"}";
    private static final String HI = "{\"role\":\"user\",\"content\":\"hi\"}";
    private static final String ANSWER = "{\"role\":\"assistant\",\"content\":\"hello\"}";

    private final InspectRequest inspectRequest =
            new InspectRequest(() -> false, (dialect, path, id) -> failure -> null);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/messages|{'metadata':{'user_id':'user_12_account__session_0b4445e1-f5be-49e1-87ce-62bbc28ad705'}}",
                "/v1/messages|{'metadata':{'x':{},'user_id':'{\\'session_id\\':\\'0b4445e1-f5be-49e1-87ce-62bbc28ad705\\'}'}}",
                "/v1/chat/completions|{'prompt_cache_key':'k'}",
                "/v1/responses|{'prompt_cache_key':'k','input':[{'type':'function_call_output'}]}",
                "/v1/responses|{'conversation_id':'k'}",
                "/v1/chat/completions|{'session_id':'k'}",
            })
    void a_name_in_the_body_is_what_calls_have_in_common(String path, String json) throws Exception {
        // row 51
        String body = json.replace('\'', '"').replace("\\\"", "\\\"");

        Exchange one = inspected(path, body, null, null, "1");
        Exchange same = inspected(path, body.replaceFirst("\\{", "{\"messages\":[" + HI + "],"), null, null, "1");
        Exchange another = inspected(path, body, null, null, "2");

        assertThat(conversation(one)).isEqualTo(conversation(same));
        assertThat(conversation(another)).isNotEqualTo(conversation(one));
        assertThat(one.getProperty(ExchangeKeys.CONVERSATION, Conversation.class)
                        .begins())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"session_id", "Session-Id", "conversation_id", "x-conversation-id"})
    void a_header_names_it_too_also_for_bodies_that_are_not_read(String header) throws Exception {
        // row 51
        Exchange one = inspected("/v1/other", "not json", header, "s-1", "1");
        Exchange same = inspected(CHAT, chat(HI), header, "s-1", "1");

        assertThat(conversation(one)).isNotNull().isEqualTo(conversation(same));
    }

    @Test
    void a_session_counts_more_than_the_other_names() throws Exception {
        Exchange session = inspected(CHAT, "{\"prompt_cache_key\":\"k\"}", "session_id", "s", "1");

        assertThat(conversation(session)).isEqualTo(conversation(inspected(CHAT, "{}", "session_id", "s", "1")));
    }

    @Test
    void each_character_of_the_prompt_counts() throws Exception {
        String prompt = "0123456789abcdef0123456789abcdef012";
        Set<Long> conversations = new HashSet<>();
        for (int at = 0; at < prompt.length(); at++) {
            for (String other : List.of("x", "\u0430", "\uff41")) {
                String changed = prompt.substring(0, at) + other + prompt.substring(at + 1);
                conversations.add(conversation(inspected(CHAT, chat(HI.replace("hi", changed)), null, null, "1")));
            }
            conversations.add(
                    conversation(inspected(CHAT, chat(HI.replace("hi", prompt.substring(at))), null, null, "1")));
        }

        assertThat(conversations).hasSize(4 * prompt.length());
    }

    @Test
    void without_a_name_the_beginning_of_the_prompt_is_what_they_have_in_common() throws Exception {
        Exchange first = inspected(CHAT, chat(SYSTEM, HI), null, null, "1");
        Exchange second = inspected(CHAT, chat(SYSTEM, HI, ANSWER, HI.replace("hi", "more")), null, null, "1");
        Exchange marked = inspected(
                CHAT,
                chat(
                        SYSTEM,
                        "{\"content\":[{\"text\":\"hi\",\"type\":\"text\",\"cache_control\":{\"type\":\"ephemeral\"}}],\"role\":\"user\"}",
                        ANSWER),
                null,
                null,
                "1");
        Exchange other = inspected(CHAT, chat(SYSTEM, HI.replace("hi", "ho")), null, null, "1");

        assertThat(conversation(second)).isEqualTo(conversation(first)).isEqualTo(conversation(marked));
        assertThat(conversation(other)).isNotEqualTo(conversation(first));
    }

    @Test
    void a_short_first_call_only_begins_a_conversation() throws Exception {
        assertThat(begins(chat(SYSTEM, HI))).isTrue();
        assertThat(begins(chat(SYSTEM, HI, ANSWER, HI))).isFalse();
        assertThat(begins(chat(SYSTEM.replace("brief", "brief".repeat(1_000)), HI)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'messages':[{'role':'user','content':'hi'}]}|true",
                "{'messages':[{'content':[{'type':'text','text':'hi'}],'role':'user'}]}|true",
                "{'messages':[{'role':'user','content':[{'type':'tool_result','content':'x'},{'type':'text','text':'hi'}]}]}|false",
                "{'messages':[{'role':'user','content':'hi'},{'role':'tool','content':'x'}]}|false",
                "{'messages':[{'role':'user','content':'hi'},{'role':'assistant','content':'x'}]}|false",
                "{'input':'hi'}|true",
                "{'input':[{'role':'user','content':[{'type':'input_text','text':'hi'}]}]}|true",
                "{'input':[{'type':'function_call_output','output':'x'}]}|false",
                "{'messages':[]}|",
                "{'messages':7}|",
                "{'messages':{'role':'user'}}|",
                "{'messages':[[{'role':'user'}],3,null]}|",
                "{'system':{'a':[1]},'metadata':[{'user_id':1}]}|",
                "{'messages':[{'role':{'user':1},'content':{'text':'hi'}}],'metadata':{'user_id':[1]}}|false",
            })
    void knows_whether_a_person_spoke_last(String json, Boolean userTurn) throws Exception {
        // row 22
        Exchange exchange = inspected("/v1/messages", json.replace('\'', '"'), null, null, "1");

        assertThat(exchange.getProperty(ExchangeKeys.USER_TURN)).isEqualTo(userTurn);
    }

    @Test
    void nothing_is_known_of_other_calls() throws Exception {
        Exchange exchange = inspected("/v1/embeddings", "{\"input\":\"hi\"}", null, null, "1");

        assertThat(conversation(exchange)).isNull();
        assertThat(exchange.getProperty(ExchangeKeys.USER_TURN)).isNull();
    }

    private boolean begins(String body) throws Exception {
        return inspected(CHAT, body, null, null, "1")
                .getProperty(ExchangeKeys.CONVERSATION, Conversation.class)
                .begins();
    }

    private static String chat(String... messages) {
        return "{\"model\":\"m\",\"messages\":[" + String.join(",", messages) + "]}";
    }

    private static Long conversation(Exchange exchange) {
        Conversation conversation = exchange.getProperty(ExchangeKeys.CONVERSATION, Conversation.class);
        return conversation == null ? null : conversation.id();
    }

    private Exchange inspected(String path, String body, String header, String value, String keyId) throws Exception {
        Exchange exchange = TestExchange.create();
        exchange.setProperty(ExchangeKeys.KEY_ID, keyId);
        exchange.getMessage().setHeader(Exchange.HTTP_METHOD, "POST");
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, path);
        if (header != null) {
            exchange.getMessage().setHeader(header, value);
        }
        exchange.getMessage().setBody(body.getBytes(UTF_8));
        inspectRequest.process(exchange);
        return exchange;
    }
}
