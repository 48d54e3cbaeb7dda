package dev.mehari.credential;

import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamCredential;

/** Finds out with one small request whether an upstream takes a credential. Blocks, no longer than a health question may. */
@FunctionalInterface
public interface CredentialTester {
    Finding test(Subject subject);

    /**
     * What to try.
     *
     * @param upstream whose probe's model, if it has one, is asked for a short answer; else it is asked for its list of models,
     *     or a plain one for its base path
     */
    record Subject(Upstream upstream, UpstreamCredential credential) {}

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
