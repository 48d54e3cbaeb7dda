package dev.mehari.inspection;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of one conversation have in common: 32 hexadecimal digits of a SHA-256 over the caller's key and the name
 * that the client gives the conversation, else the beginning of the prompt. Names count in this order: the header
 * {@code session_id} (or {@code session-id}, {@code x-session-id}, for proxies that drop underscores), the session in
 * {@code metadata.user_id}, {@code session_id}; {@code conversation_id} as header and in the body; {@code prompt_cache_key};
 * the header {@code x-conversation-id}.
 */
final class ConversationHash {
    /** No upstream caches prompts of fewer than 1,024 tokens, about this many bytes (vendors' pages, November 2026). */
    private static final int LEAST_CACHED = 4 * 1024;

    private static final int DIGITS = 32;
    private static final List<String> SESSION_HEADERS = List.of("session_id", "session-id", "x-session-id");
    private static final List<String> CONVERSATION_HEADERS = List.of("conversation_id", "conversation-id");

    /**
     * What was found.
     *
     * @param begins true when it may be the first call of a conversation without a name, too short to be cached anywhere
     */
    record Found(String hash, boolean begins) {}

    private ConversationHash() {}

    /** Null when nothing is known of a conversation. */
    static @Nullable Found of(Message message, @Nullable Talk talk, @Nullable Object keyId, int bodyLength) {
        String named = named(message::getHeader, talk);
        if (named != null) {
            return new Found(hash(keyId, "name", named), false);
        }
        String prompt = talk == null ? null : talk.prompt();
        return prompt == null || talk == null
                ? null
                : new Found(hash(keyId, "prompt", prompt), !talk.isAnswered() && bodyLength < LEAST_CACHED);
    }

    private static @Nullable String named(Function<String, @Nullable Object> header, @Nullable Talk talk) {
        String name = first(header, SESSION_HEADERS);
        name = name == null && talk != null ? talk.session() : name;
        name = name == null ? first(header, CONVERSATION_HEADERS) : name;
        name = name == null && talk != null ? talk.conversation() : name;
        name = name == null && talk != null ? talk.cacheKey() : name;
        return name == null ? first(header, List.of("x-conversation-id")) : name;
    }

    private static @Nullable String first(Function<String, @Nullable Object> header, List<String> names) {
        for (String name : names) {
            if (header.apply(name) instanceof String value && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }

    private static String hash(@Nullable Object keyId, String kind, String what) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((keyId + "\u0000" + kind + "\u0000").getBytes(UTF_8));
            digest.update(what.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
