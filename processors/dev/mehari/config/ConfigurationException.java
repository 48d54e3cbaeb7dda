package dev.mehari.config;

import java.util.List;

/** Mehari cannot start as it is configured. Holds every problem found, each saying what to do. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigurationException(List<String> problems) {
        super((problems.size() == 1 ? "1 problem" : problems.size() + " problems") + " in the configuration:\n  - "
                + String.join("\n  - ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence each, in the order found; never empty. */
    public List<String> problems() {
        return problems;
    }
}
