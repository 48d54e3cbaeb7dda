package dev.mehari.credential;

import java.util.concurrent.CompletionStage;

/** Where tokens are fetched (RFC 6749, section 3.2). */
@FunctionalInterface
public interface TokenEndpoint {
    /**
     * Asks for new tokens, once: a grant that was sent twice may be worth nothing. Does not block; never fails, since what
     * goes wrong is an answer too.
     */
    CompletionStage<TokenAnswer> ask(TokenStore.Grant grant);
}
