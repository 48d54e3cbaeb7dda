package dev.mehari.audit;

import org.jspecify.annotations.Nullable;

/**
 * Clean texts for events, one object for texts that are equal: most calls name the same few paths and models, and each would
 * bring an object of its own into every event. What is forgotten is made again. For any thread.
 */
final class SharedTexts {
    private static final int SLOTS = 256;

    // Without locks: a thread that reads an old text, or none, only cleans once more.
    private final @Nullable String[] slots = new String[SLOTS];

    /** {@code text} as {@link AuditText} cleans it. */
    @Nullable
    String clean(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int slot = text.hashCode() & (SLOTS - 1);
        String known = slots[slot];
        if (text.equals(known)) {
            return known;
        }
        String clean = AuditText.clean(text);
        if (text.equals(clean)) {
            slots[slot] = clean;
        }
        return clean;
    }
}
