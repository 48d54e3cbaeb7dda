package dev.mehari.exchange;

import org.jspecify.annotations.Nullable;

/**
 * Looks at the answer of a {@link Call} as the client gets it: whatever it is, and wherever it comes from. Called on the
 * call's event loop; must not block.
 */
public interface AnswerObserver extends BodyObserver {
    /**
     * The answer's head goes out, before any of its bytes.
     *
     * @param type {@code Content-Type}; null when there is none
     * @param encoding {@code Content-Encoding}; null when there is none
     */
    void head(@Nullable String type, @Nullable String encoding);
}
