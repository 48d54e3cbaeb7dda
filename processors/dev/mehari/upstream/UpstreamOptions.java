package dev.mehari.upstream;

import dev.mehari.caller.AllowList;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator decides about an upstream beyond its address.
 *
 * @param priority 1..100, lower first; upstreams of a lower one are used before those of a higher one
 * @param weight share of the calls among upstreams of one priority, 1..1000
 * @param maxConcurrent calls under way on each instance, 0 for no limit
 * @param models what it serves, by the names that callers use
 * @param aliases by the name that callers use, what the upstream calls the model
 * @param choice how its credentials take turns
 * @param rotationCalls calls on one credential before the next one's turn, at least 1; for {@link Choice#ROTATION}
 * @param sticky how long a conversation stays with its credential after its last call; zero for not at all
 * @param timeouts its own, null where the gateway's hold
 * @param trust how its certificate is checked
 * @param probe how it is asked whether it works; null for not at all
 */
public record UpstreamOptions(
        int priority,
        int weight,
        int maxConcurrent,
        AllowList models,
        Map<String, String> aliases,
        Choice choice,
        int rotationCalls,
        Duration sticky,
        Timeouts timeouts,
        Trust trust,
        @Nullable Probe probe) {
    /** Those of an upstream for which nobody decided anything. */
    public static final UpstreamOptions DEFAULT = new UpstreamOptions(
            50,
            1,
            0,
            AllowList.ALL,
            Map.of(),
            Choice.LEAST_RECENTLY_USED,
            100,
            Duration.ofHours(1),
            Timeouts.GATEWAYS,
            Trust.SYSTEM,
            null);

    /** How the credentials of an upstream take turns; those of a lower priority number come first with each. */
    public enum Choice {
        /** The one whose last call is the longest ago. */
        LEAST_RECENTLY_USED,
        /** The same one for a number of calls, then the next, in the order of their ids. */
        ROTATION,
        /** In proportion to their weights. */
        WEIGHTED
    }

    /** How long an upstream may take; null for what the gateway is configured with. */
    public record Timeouts(
            @Nullable Duration connect,
            @Nullable Duration firstByte,
            @Nullable Duration idle,
            @Nullable Duration total) {
        public static final Timeouts GATEWAYS = new Timeouts(null, null, null, null);
    }

    /**
     * How an upstream's certificate is checked.
     *
     * @param authority PEM of the authority that signed it; null for those that the system trusts
     * @param verify false accepts any certificate
     */
    public record Trust(@Nullable String authority, boolean verify) {
        public static final Trust SYSTEM = new Trust(null, true);
    }

    /**
     * How an upstream is asked whether it works.
     *
     * @param interval between two questions
     * @param model that is asked for an answer; null asks for the list of models, or for the base path of a plain upstream
     */
    public record Probe(Duration interval, @Nullable String model) {}

    public UpstreamOptions {
        aliases = Map.copyOf(aliases);
    }

    /** What the upstream calls the model that callers call {@code model}. */
    public String modelThere(String model) {
        return aliases.getOrDefault(model, model);
    }

    /** True when calls for {@code model} can go there; a call that names none can go anywhere. */
    public boolean serves(@Nullable String model) {
        return model == null || aliases.containsKey(model) || models.allows(model);
    }
}
