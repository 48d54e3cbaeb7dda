package dev.mehari.usage;

/**
 * Answers of the real APIs, written by hand after their references: platform.openai.com/docs/api-reference and
 * docs.anthropic.com/en/api, November 2025. Each holds the word usage in its text as well, where it means nothing.
 */
enum Answers {
    CHAT("application/json", """
            {"id":"chatcmpl-1","object":"chat.completion","created":1741570283,"model":"m-2025-01-01",
             "choices":[{"index":0,"message":{"role":"assistant","content":"\\"usage\\":{\\"prompt_tokens\\":9} {[","refusal":null,
              "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"usage\\": {\\"prompt_tokens\\": 1}}"}}],
              "annotations":[]},"logprobs":null,"finish_reason":"stop"}],
             "usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,
              "prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},
              "completion_tokens_details":{"reasoning_tokens":192,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},
             "service_tier":"default","system_fingerprint":"fp_1"}
            """, new TokenUsage(86, 1920, 0, 300, 192)),
    CHAT_STREAM("text/event-stream; charset=utf-8", """
            data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

            data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"the \\"usage\\": {"},"finish_reason":null}],"usage":null}

            data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

            data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}}

            data: [DONE]

            """, new TokenUsage(15, 4, 0, 10, 3)),
    RESPONSE("application/json", """
            {"id":"resp_1","object":"response","created_at":1741476542,"status":"completed","error":null,"incomplete_details":null,
             "model":"m","output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant",
              "content":[{"type":"output_text","text":"usage","annotations":[]}]}],
             "usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":30},"output_tokens":87,
              "output_tokens_details":{"reasoning_tokens":40},"total_tokens":123},"user":null,"metadata":{"usage":"mine"}}
            """, new TokenUsage(6, 30, 0, 87, 40)),
    RESPONSE_STREAM("text/event-stream", """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress","model":"m","output":[],"usage":null}}

            event: response.output_text.delta
            data: {"type":"response.output_text.delta","sequence_number":1,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi"}

            event: response.output_item.done
            data: {"type":"response.output_item.done","sequence_number":2,"output_index":0,"item":{"id":"fc","type":"function_call","arguments":"{\\"usage\\":{}}"}}

            event: response.completed
            data: {"type":"response.completed","sequence_number":3,"response":{"id":"resp_1","status":"completed","model":"m","output":[{"id":"msg_1","type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":37,"input_tokens_details":{"cached_tokens":7},"output_tokens":11,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":48},"metadata":{}}}

            """, new TokenUsage(30, 7, 0, 11, 5)),
    EMBEDDINGS("application/json", """
            {"object":"list","data":[{"object":"embedding","embedding":[0.0023064255,-0.009327292,-1e-5],"index":0}],
             "model":"e","usage":{"prompt_tokens":8,"total_tokens":8}}
            """, new TokenUsage(8, 0, 0, 0, 0)),
    MESSAGE("application/json", """
            {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"},
              {"type":"tool_use","id":"t","name":"usage","input":{"usage":{"input_tokens":1,"output_tokens":1}}}],
             "stop_reason":"end_turn","stop_sequence":null,
             "usage":{"input_tokens":2095,"cache_creation_input_tokens":1024,"cache_read_input_tokens":512,
              "cache_creation":{"ephemeral_5m_input_tokens":1000,"ephemeral_1h_input_tokens":24},
              "output_tokens":503,"service_tier":"standard","server_tool_use":{"web_search_requests":1}}}
            """, new TokenUsage(2095, 512, 1024, 503, 0)),
    MESSAGE_STREAM("text/event-stream; charset=utf-8", """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":472,"cache_creation_input_tokens":100,"cache_read_input_tokens":20,"output_tokens":2}}}

            event: ping
            data: {"type": "ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\"usage\\":{\\"output_tokens\\":7}"}}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":40}}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":470,"output_tokens":89}}

            event: message_stop
            data: {"type":"message_stop"}

            """, new TokenUsage(470, 20, 100, 89, 0));

    final String type;
    final String text;

    @SuppressWarnings("ImmutableEnumChecker") // five numbers
    final TokenUsage usage;

    Answers(String type, String text, TokenUsage usage) {
        this.type = type;
        this.text = text;
        this.usage = usage;
    }
}
