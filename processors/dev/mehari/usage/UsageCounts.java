package dev.mehari.usage;

/**
 * How much was used.
 *
 * @param estimatedCalls among {@code calls}, those of which a part is estimated
 * @param inputTokens without those read from or written to a cache
 * @param outputTokens with {@code reasoningTokens}
 */
public record UsageCounts(
        long calls,
        long estimatedCalls,
        long inputTokens,
        long cachedTokens,
        long cacheWriteTokens,
        long outputTokens,
        long reasoningTokens,
        long nanoDollars) {

    /** One call. */
    static UsageCounts of(MeteredCall call) {
        TokenUsage tokens = call.tokens();
        return new UsageCounts(
                1,
                call.estimated() ? 1 : 0,
                tokens.input(),
                tokens.cachedInput(),
                tokens.cacheWrite(),
                tokens.output(),
                tokens.reasoning(),
                call.nanoDollars());
    }

    /** Both together. */
    UsageCounts plus(UsageCounts more) {
        return new UsageCounts(
                calls + more.calls,
                estimatedCalls + more.estimatedCalls,
                inputTokens + more.inputTokens,
                cachedTokens + more.cachedTokens,
                cacheWriteTokens + more.cacheWriteTokens,
                outputTokens + more.outputTokens,
                reasoningTokens + more.reasoningTokens,
                nanoDollars + more.nanoDollars);
    }
}
