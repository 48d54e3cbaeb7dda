package dev.mehari.credential;

import dev.mehari.config.Secret;
import dev.mehari.failure.StorageUnavailable;
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
     * @param scopes separated by blanks; empty for those that were granted
     */
    record Grant(URI tokenUrl, String clientId, @Nullable Secret clientSecret, Secret refreshToken, String scopes) {}

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

    /** Ids of OAuth credentials that are enabled and whose token is missing, of unknown age, or ends by {@code before}. */
    List<Long> due(Instant before) throws StorageUnavailable;

    /**
     * Claims the refresh of {@code credential} until {@code until}, for the whole cluster.
     *
     * @param tokenVersion of the token that is to be replaced
     * @return null when another one has the claim, or there is a newer token already
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
