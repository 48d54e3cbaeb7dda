package dev.mehari.usage;

import org.jspecify.annotations.Nullable;

/**
 * What one answer has used, which is mostly all of its call; a call whose failed try told usage, too, is there twice.
 *
 * @param keyId of the caller's key; 0 for an anonymous caller
 * @param model as the request named it, else as the answer did; null when neither did
 * @param upstream name of the one that answered; null when it is not known
 * @param credentialId that the answered try went with; 0 where the upstream has none in the pool
 * @param estimated true when a part of {@code tokens} is
 * @param nanoDollars what it has cost
 */
public record MeteredCall(
        long keyId,
        @Nullable String model,
        @Nullable String upstream,
        long credentialId,
        TokenUsage tokens,
        boolean estimated,
        long nanoDollars) {

    /** This together with what a try before it has used. */
    MeteredCall after(MeteredCall before) {
        return new MeteredCall(
                keyId,
                model,
                upstream,
                credentialId,
                tokens.plus(before.tokens),
                estimated || before.estimated,
                nanoDollars + before.nanoDollars);
    }
}
