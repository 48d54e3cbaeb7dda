package dev.mehari.inspection;

import dev.mehari.exchange.Conversation;
import java.util.List;
import java.util.function.Function;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of one conversation have in common: a hash of 64 bits over the caller's key and the name that the client gives
 * the conversation, else the beginning of the prompt. Names count in this order: the header {@code session_id} (or
 * {@code session-id}, {@code x-session-id}, for proxies that drop underscores), the session in {@code metadata.user_id},
 * {@code session_id}; {@code conversation_id} as header and in the body; {@code prompt_cache_key}; the header
 * {@code x-conversation-id}.
 *
 * <p>The hash is FNV-1a (Fowler, Noll and Vo), over UTF-16 units, of texts four at a time: nothing is at stake but a cache hit.
 */
final class ConversationHash {
    static final long BASIS = 0xcbf29ce484222325L;

    private static final long PRIME = 0x100000001b3L;

    /** No upstream caches prompts of fewer than 1,024 tokens, about this many bytes (vendors' pages, November 2026). */
    private static final int LEAST_CACHED = 4 * 1024;

    private static final char NAME = 'n';
    private static final char PROMPT = 'p';
    private static final List<String> SESSION_HEADERS = List.of("session_id", "session-id", "x-session-id");
    private static final List<String> CONVERSATION_HEADERS = List.of("conversation_id", "conversation-id");

    private ConversationHash() {}

    /** Null when nothing is known of a conversation. */
    static @Nullable Conversation of(Message message, @Nullable Talk talk, @Nullable Object keyId, int bodyLength) {
        long key = next(next(BASIS, String.valueOf(keyId)), '\u0000');
        String named = named(message::getHeader, talk);
        if (named != null) {
            return new Conversation(next(next(key, NAME), named), false);
        }
        if (talk == null || !talk.hasPrompt()) {
            return null;
        }
        long prompt = talk.prompt();
        long id = next(key, PROMPT);
        for (int shift = 0; shift < Long.SIZE; shift += Character.SIZE) {
            id = next(id, (char) (prompt >>> shift));
        }
        return new Conversation(id, !talk.isAnswered() && bodyLength < LEAST_CACHED);
    }

    /** The hash of what {@code hash} is of, followed by {@code one}. */
    static long next(long hash, char one) {
        return (hash ^ one) * PRIME;
    }

    /** The same for a text, which is hashed as fast as one multiplication after the other allows. */
    static long next(long hash, char[] text, int from, int length) {
        long hashed = hash;
        int at = from;
        int end = from + length;
        for (; at + 4 <= end; at += 4) {
            long four = text[at] | (long) text[at + 1] << 16 | (long) text[at + 2] << 32 | (long) text[at + 3] << 48;
            hashed = (hashed ^ four) * PRIME;
            hashed ^= hashed >>> 32; // a product's high bits come from all of its factors' bits, its low ones do not
        }
        for (; at < end; at++) {
            hashed = next(hashed, text[at]);
        }
        return hashed;
    }

    private static long next(long hash, String text) {
        long hashed = hash;
        for (int i = 0; i < text.length(); i++) {
            hashed = next(hashed, text.charAt(i));
        }
        return hashed;
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
}
