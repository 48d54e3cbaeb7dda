package dev.mehari.credential;

import dev.mehari.config.Secret;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.upstream.ForwardProxy;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the tokens of OAuth credentials are kept, and who may refresh one at a time in the whole cluster. Methods block. */
public interface TokenStore {
    /**
     * What a refresh needs (RFC 6749, section 6).
     *
     * @param clientSecret null for a public client
     * @param refreshToken empty when there is none, so that there can be no refresh
     * @param scopes separated by blanks; empty for those that were granted
     * @param forwardProxy of the credential's upstream; null when the token URL is reached directly
     */
    record Grant(
            URI tokenUrl,
            String clientId,
            @Nullable Secret clientSecret,
            Secret refreshToken,
            String scopes,
            @Nullable ForwardProxy forwardProxy) {
        /** One whose token URL is reached directly. */
        public Grant(URI tokenUrl, String clientId, @Nullable Secret clientSecret, Secret refreshToken, String scopes) {
            this(tokenUrl, clientId, clientSecret, refreshToken, scopes, null);
        }
    }

    /**
     * New tokens.
     *
     * @param refreshToken null when the old one stays valid
     * @param expires null when the answer did not say
     */
    record Tokens(
            Secret accessToken,
            @Nullable Secret refreshToken,
            @Nullable Instant expires) {}

    /**
     * Where the token of a credential stands.
     *
     * @param upstream name of its upstream
     * @param name of the credential
     * @param version of its token
     * @param expires null when there is no token, or nobody knows
     * @param refreshed when the token was fetched; null when Mehari did not fetch it
     * @param isClaimed true while somebody refreshes it
     * @param isResting true while a refresh that failed is not to be tried again
     * @param error why the last refresh gave no token; null when it did
     */
    record TokenState(
            long credential,
            String upstream,
            String name,
            boolean enabled,
            long version,
            @Nullable Instant expires,
            @Nullable Instant refreshed,
            boolean isClaimed,
            boolean isResting,
            @Nullable String error) {}

    /**
     * Ids of OAuth credentials that are enabled and whose token is missing, of unknown age, or ends by {@code before}, those
     * that end first before the others; without those that are claimed or not to be tried again yet.
     */
    List<Long> due(Instant before) throws StorageUnavailable;

    /** How it is now; null when there is no OAuth credential of that id, or it holds no secret. */
    @Nullable
    TokenState state(long credential) throws StorageUnavailable;

    /**
     * Claims the refresh of {@code credential} until {@code until}, for the whole cluster.
     *
     * @param tokenVersion of the token that is to be replaced
     * @return null when another one has the claim, or there is a newer token already
     * @throws IllegalStateException when what is stored cannot be deciphered or read; the claim holds then
     */
    @Nullable
    Grant claim(long credential, long tokenVersion, Instant until) throws StorageUnavailable;

    /** Stores new tokens with the next version, ends the claim and tells all instances; nothing if the version has moved on. */
    void store(long credential, long tokenVersion, Tokens tokens) throws StorageUnavailable;

    /** Ends the claim and notes why there is no new token; not to be tried again before {@code notBefore}. */
    void failed(long credential, long tokenVersion, String reason, Instant notBefore) throws StorageUnavailable;

    /** Ends the claim and disables the credential, since its grant is refused for good. */
    void refused(long credential, long tokenVersion, String reason) throws StorageUnavailable;
}
