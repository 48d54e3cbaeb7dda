package dev.mehari.credential;

import dev.mehari.exchange.Dialect;
import dev.mehari.upstream.UpstreamCredential;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Finds out with one small request whether an upstream takes a credential. Blocks, no longer than a health question may. */
@FunctionalInterface
public interface CredentialTester {
    Finding test(Subject subject);

    /**
     * What to try.
     *
     * @param base URL of the upstream
     * @param model that is asked for a short answer; null asks for the list of models, or for the base path of a plain upstream
     */
    record Subject(Dialect dialect, URI base, @Nullable String model, UpstreamCredential credential) {}

    /**
     * What was found.
     *
     * @param works true when the answer was what was asked for
     * @param status of the answer; 0 when there was none
     * @param detail for people, without anything secret
     * @param millis until the answer
     */
    record Finding(boolean works, int status, String detail, long millis) {}
}
