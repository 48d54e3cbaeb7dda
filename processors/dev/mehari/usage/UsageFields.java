package dev.mehari.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * The {@code usage} objects of one answer, added up as their APIs mean it: a value that is told again replaces the one
 * before. Nothing that an upstream writes makes it fail; what is no sound number of tokens marks all as {@link #isUnsound}.
 *
 * <p>Sources: OpenAI's API reference ("The chat completion object", "The response object", "Embeddings") and Anthropic's
 * ("Messages", "Streaming messages", where the counts of {@code message_delta} are cumulative), November 2025.
 */
final class UsageFields {
    private final JsonFactory json;
    private long input = -1;
    private long cachedWithin;
    private long writtenWithin;
    private long cachedBeside;
    private long writtenBeside;
    private long output = -1;
    private long reasoning;
    private boolean namesOutput;
    private boolean tookOutput;
    private boolean unsound;

    UsageFields(JsonFactory json) {
        this.json = json;
    }

    /** Takes what the object in {@code bytes} says; true when it spoke of tokens at all. */
    boolean merge(byte[] bytes, int length) {
        tookOutput = false;
        try (JsonParser parser = json.createParser(bytes, 0, length)) {
            parser.nextToken();
            return readObject(parser);
        } catch (IOException damaged) {
            unsound = true;
            return false;
        }
    }

    private boolean readObject(JsonParser parser) throws IOException {
        boolean any = false;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "prompt_tokens", "input_tokens" -> {
                    input = tokens(parser, value, input);
                    any = true;
                }
                case "completion_tokens", "output_tokens" -> {
                    long told = tokens(parser, value, -1);
                    if (told >= 0) {
                        output = told;
                        tookOutput = true;
                    }
                    namesOutput = true;
                    any = true;
                }
                case "cache_read_input_tokens" -> cachedBeside = tokens(parser, value, cachedBeside);
                case "cache_creation_input_tokens" -> writtenBeside = tokens(parser, value, writtenBeside);
                case "prompt_tokens_details",
                        "input_tokens_details",
                        "completion_tokens_details",
                        "output_tokens_details" -> details(parser, value);
                default -> parser.skipChildren();
            }
        }
        return any;
    }

    private void details(JsonParser parser, JsonToken opening) throws IOException {
        if (opening != JsonToken.START_OBJECT) {
            unsound |= opening != JsonToken.VALUE_NULL;
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "cached_tokens" -> cachedWithin = tokens(parser, value, cachedWithin);
                case "cache_write_tokens" -> writtenWithin = tokens(parser, value, writtenWithin);
                case "reasoning_tokens" -> reasoning = tokens(parser, value, reasoning);
                default -> parser.skipChildren();
            }
        }
    }

    private long tokens(JsonParser parser, JsonToken value, long before) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return before;
        }
        if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            long tokens = parser.getLongValue();
            if (tokens >= 0 && tokens <= TokenUsage.GREATEST) {
                return tokens;
            }
        } else {
            parser.skipChildren();
        }
        unsound = true;
        return before;
    }

    /** True when something was no number of tokens, so that the rest is not to be trusted either. */
    boolean isUnsound() {
        return unsound;
    }

    boolean knowsInput() {
        return input >= 0;
    }

    boolean knowsOutput() {
        return output >= 0;
    }

    /** True when output was named, whether or not with a number of tokens. */
    boolean namesOutput() {
        return namesOutput;
    }

    /** True when the object that was merged last told a sound number of output tokens. */
    boolean tookOutput() {
        return tookOutput;
    }

    /**
     * What was told.
     *
     * @param inputIfUnknown tokens to put where no input was told
     * @param moreOutput tokens to add to the output, for what was streamed after it was told
     */
    TokenUsage tokens(long inputIfUnknown, long moreOutput) {
        long cached = Math.min(cachedWithin + cachedBeside, TokenUsage.GREATEST);
        long written = Math.min(writtenWithin + writtenBeside, TokenUsage.GREATEST);
        long uncached = input < 0 ? inputIfUnknown : Math.max(0, input - cachedWithin - writtenWithin);
        long generated = Math.min(Math.max(0, output) + moreOutput, TokenUsage.GREATEST);
        return new TokenUsage(uncached, cached, written, generated, Math.min(reasoning, generated));
    }
}
