package dev.mehari.upstream;

/**
 * The header with which Mehari authenticates itself to an upstream. Its text form does not show the value.
 *
 * @param header name of the header
 * @param value its whole value, {@code Bearer } included where there is one
 */
public record UpstreamCredential(String header, String value) {
    public UpstreamCredential {
        if (value.isBlank()) {
            throw new IllegalArgumentException("the credential in " + header + " is empty");
        }
    }

    static UpstreamCredential bearer(String key) {
        return new UpstreamCredential("Authorization", "Bearer " + key);
    }

    static UpstreamCredential apiKey(String key) {
        return new UpstreamCredential("x-api-key", key);
    }

    @Override
    public String toString() {
        return header + ": ***";
    }
}
