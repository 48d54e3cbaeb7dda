package dev.mehari.inspection;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of the conversation that it belongs to: names that clients give it, the beginning of its prompt, and
 * who spoke last. Reads {@code messages} of chat completions and messages, and {@code input} of responses; whatever is not
 * shaped as expected is passed over. Of the prompt, the first {@value #MOST_TEXT} characters count. One per request.
 */
final class Talk {
    private static final int MOST_TEXT = 8 * 1024;
    /** Of Claude Code: {@code user_..._session_UUID}, or JSON with a {@code session_id}. */
    private static final Pattern SESSION = Pattern.compile("session_(?:id\\W{1,6})?([0-9a-fA-F-]{8,64})");

    private static final int LONGEST_USER_ID = 1_024;

    private long prompt = ConversationHash.BASIS;
    private int taken;
    private @Nullable String session;
    private @Nullable String conversation;
    private @Nullable String cacheKey;
    private boolean personSpoke;
    private boolean answered;
    private @Nullable Boolean userTurn;

    /** Reads the value of a field of the request; false, and nothing is read, when it says nothing of these. */
    boolean read(JsonParser parser, String name, JsonToken value) throws IOException {
        switch (name) {
            case "session_id" -> session = text(parser, value, session);
            case "conversation_id" -> conversation = text(parser, value, conversation);
            case "prompt_cache_key" -> cacheKey = text(parser, value, cacheKey);
            case "metadata" -> readMetadata(parser, value);
            case "system", "instructions" -> content(parser, value, true);
            case "messages", "input" -> readMessages(parser, value);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String text(JsonParser parser, JsonToken value, @Nullable String otherwise)
            throws IOException {
        if (value == JsonToken.VALUE_STRING && parser.getTextLength() > 0) {
            return parser.getText();
        }
        parser.skipChildren();
        return otherwise;
    }

    private void readMetadata(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken inner = parser.nextToken();
            String user = name.equals("user_id") ? text(parser, inner, null) : null;
            if (user != null && user.length() <= LONGEST_USER_ID) {
                Matcher found = SESSION.matcher(user);
                session = found.find() ? found.group(1) : session;
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readMessages(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            content(parser, value, !personSpoke);
            personSpoke = true;
            userTurn = true;
        } else if (value == JsonToken.START_ARRAY) {
            for (JsonToken one = parser.nextToken(); one != JsonToken.END_ARRAY; one = parser.nextToken()) {
                if (one == JsonToken.START_OBJECT) {
                    readMessage(parser);
                } else {
                    parser.skipChildren();
                }
            }
        } else {
            parser.skipChildren();
        }
    }

    private void readMessage(JsonParser parser) throws IOException {
        String role = null;
        boolean toolResult = false;
        long before = prompt;
        int takenBefore = taken;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("role")) {
                role = text(parser, value, role);
            } else if (name.equals("content")) {
                toolResult |= content(parser, value, !personSpoke);
            } else {
                parser.skipChildren();
            }
        }
        boolean person = "user".equals(role);
        boolean system = "system".equals(role) || "developer".equals(role);
        if (!person && !system) {
            prompt = before;
            taken = takenBefore;
            answered = true;
        }
        personSpoke |= person;
        userTurn = person && !toolResult;
    }

    /** True when there is the result of a tool in it. */
    private boolean content(JsonParser parser, JsonToken value, boolean counts) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            take(parser, counts);
            return false;
        }
        if (value != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return false;
        }
        boolean toolResult = false;
        for (JsonToken one = parser.nextToken(); one != JsonToken.END_ARRAY; one = parser.nextToken()) {
            if (one == JsonToken.START_OBJECT) {
                toolResult |= block(parser, counts);
            } else {
                parser.skipChildren();
            }
        }
        return toolResult;
    }

    private boolean block(JsonParser parser, boolean counts) throws IOException {
        boolean toolResult = false;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING && name.equals("type")) {
                toolResult = "tool_result".equals(parser.getText());
            } else if (value == JsonToken.VALUE_STRING && name.equals("text")) {
                take(parser, counts);
            } else {
                parser.skipChildren();
            }
        }
        return toolResult;
    }

    private void take(JsonParser parser, boolean counts) throws IOException {
        int length = counts ? Math.min(MOST_TEXT - taken, parser.getTextLength()) : 0;
        if (length > 0) {
            long hashed = ConversationHash.next(prompt, parser.getTextCharacters(), parser.getTextOffset(), length);
            prompt = ConversationHash.next(hashed, '\u0000');
            taken += length;
        }
    }

    @Nullable
    String session() {
        return session;
    }

    @Nullable
    String conversation() {
        return conversation;
    }

    @Nullable
    String cacheKey() {
        return cacheKey;
    }

    /** True when a person has said something. */
    boolean hasPrompt() {
        return personSpoke && taken > 0;
    }

    /** Hash of what does not change while a conversation goes on: the system's words and the person's first. */
    long prompt() {
        return prompt;
    }

    /** True when somebody other than the system and the person has spoken. */
    boolean isAnswered() {
        return answered;
    }

    /** True when a person spoke last; null when there are no messages. */
    @Nullable
    Boolean isUserTurn() {
        return userTurn;
    }
}
