package dev.mehari.usage;

import java.time.LocalDate;

/**
 * Usage of one key and model on one day.
 *
 * @param keyId 0 for anonymous callers
 * @param model as asked for, {@code unknown} where none was named, {@code other} beyond the bounds of {@code ModelNames}
 * @param day UTC, of the calls' ends
 * @param estimatedCalls among {@code calls}, those of which a part is estimated
 * @param inputTokens without those read from or written to a cache
 * @param outputTokens with {@code reasoningTokens}
 */
public record UsageRow(
        long keyId,
        String model,
        LocalDate day,
        long calls,
        long estimatedCalls,
        long inputTokens,
        long cachedTokens,
        long cacheWriteTokens,
        long outputTokens,
        long reasoningTokens,
        long nanoDollars) {

    /** One call. */
    static UsageRow of(MeteredCall call, String model, LocalDate day) {
        TokenUsage tokens = call.tokens();
        return new UsageRow(
                call.keyId(),
                model,
                day,
                1,
                call.estimated() ? 1 : 0,
                tokens.input(),
                tokens.cachedInput(),
                tokens.cacheWrite(),
                tokens.output(),
                tokens.reasoning(),
                call.nanoDollars());
    }

    /** Both together, which are of the same key, model and day. */
    UsageRow plus(UsageRow more) {
        return new UsageRow(
                keyId,
                model,
                day,
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
