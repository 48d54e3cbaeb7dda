package dev.mehari.upstream;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What the operator said about upstreams.
 *
 * @param plainTarget {@code --target-host}, {@code --target-port} and {@code --target-tls} as a URL; takes every path and
 *     excludes the keys; null when not given
 * @param openAiBase where {@code openAiKey} is used
 * @param openAiKey null or blank when not given
 * @param anthropicBase where {@code anthropicKey} is used
 * @param anthropicKey null or blank when not given
 * @param forwardProxy for all of the above; null for none
 */
public record TargetConfig(
        @Nullable URI plainTarget,
        URI openAiBase,
        @Nullable String openAiKey,
        URI anthropicBase,
        @Nullable String anthropicKey,
        @Nullable ForwardProxy forwardProxy) {
    public static final URI OPENAI = URI.create("https://api.openai.com");
    public static final URI ANTHROPIC = URI.create("https://api.anthropic.com");

    /** Nothing configured: requests go to the simulated upstream. */
    public static TargetConfig none() {
        return new TargetConfig(null, OPENAI, null, ANTHROPIC, null, null);
    }

    /** True when the simulated upstream has to be started. */
    public boolean isNothingConfigured() {
        return plainTarget == null && !hasOpenAi() && !hasAnthropic();
    }

    boolean hasOpenAi() {
        return openAiKey != null && !openAiKey.isBlank();
    }

    boolean hasAnthropic() {
        return anthropicKey != null && !anthropicKey.isBlank();
    }

    @Override
    public String toString() {
        return "TargetConfig[plainTarget=" + plainTarget + ", openAi=" + openAiBase + (hasOpenAi() ? " with key" : "")
                + ", anthropic=" + anthropicBase + (hasAnthropic() ? " with key" : "") + ", forwardProxy="
                + forwardProxy + "]";
    }
}
