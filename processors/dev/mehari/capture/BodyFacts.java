package dev.mehari.capture;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a body beside its bytes.
 *
 * @param type its {@code Content-Type}; null when it has none
 * @param encoding its {@code Content-Encoding}; null when it has none
 * @param size bytes that it has
 * @param kept bytes from its beginning that are kept
 */
public record BodyFacts(@Nullable String type, @Nullable String encoding, long size, int kept) {
    public boolean truncated() {
        return kept < size;
    }
}
