package dev.mehari.usage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Under which names usage is kept. A model's name is the caller's text: one that is longer than {@value #LONGEST}
 * characters or holds what is no visible text counts as {@value #OTHER}, and so does each beyond {@value #MOST_PER_KEY} of
 * one key on one day. Not safe for several threads.
 */
public final class ModelNames {
    static final String UNKNOWN = "unknown";
    static final String OTHER = "other";
    static final int LONGEST = 100;
    static final int MOST_PER_KEY = 100;

    private final Map<Long, Set<String>> named = new HashMap<>();
    private long day = Long.MIN_VALUE;

    /**
     * The name to keep usage under.
     *
     * @param model null when the call named none
     * @param today days since 1970, UTC
     */
    String keep(long keyId, @Nullable String model, long today) {
        if (today != day) {
            named.clear();
            day = today;
        }
        if (model == null || model.isEmpty()) {
            return UNKNOWN;
        }
        if (!isSound(model)) {
            return OTHER;
        }
        Set<String> names = named.computeIfAbsent(keyId, key -> new HashSet<>());
        return names.contains(model) || (names.size() < MOST_PER_KEY && names.add(model)) ? model : OTHER;
    }

    /** True when {@code model} may be the name of one. */
    public static boolean isSound(String model) {
        if (model.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < model.length(); i++) {
            char c = model.charAt(i);
            if (c <= ' ' || Character.isISOControl(c) || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
