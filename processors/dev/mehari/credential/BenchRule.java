package dev.mehari.credential;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For how long an answer benches the credential that it was given to. Rules are asked in the order of their positions; the
 * first that matches holds.
 *
 * @param status of the answer
 * @param body what the answer's first 8 KiB have to hold; null for anything
 * @param scope what is benched
 * @param reason in snake case
 * @param duration where the answer does not say until when; zero benches nothing
 */
public record BenchRule(
        int position, int status, @Nullable Pattern body, Scope scope, String reason, Duration duration) {
    /** What a rule benches. */
    public enum Scope {
        CREDENTIAL,
        /** The credential for the model that was called, for all where the call names none. */
        MODEL
    }
}
