package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** For how long which answer benches a credential, as operators edit it. Methods block. */
public interface BenchRules {
    /** All, in the order in which they are looked at. */
    List<Rule> list() throws StorageUnavailable;

    /** Puts {@code rules} in place of all. */
    void replace(List<Rule> rules) throws StorageUnavailable;

    /**
     * What to do about an answer.
     *
     * @param status 100..599
     * @param body a regular expression that the answer has to hold; null for any
     * @param forModel true benches for the model that was called only
     * @param reason in snake case
     */
    record Rule(int status, @Nullable String body, boolean forModel, String reason, Duration duration) {}
}
