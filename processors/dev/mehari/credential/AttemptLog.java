package dev.mehari.credential;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tries of one call, in order. Tries follow each other, so it needs no lock. */
public final class AttemptLog {
    private final List<Attempt> attempts = new ArrayList<>(2);

    private @Nullable Exception failedBefore;

    /** How the try before the present one has failed; null at the first. */
    public @Nullable Exception failedBefore() {
        return failedBefore;
    }

    /** The present try takes the place of one that has failed so. */
    void failedBefore(@Nullable Exception failure) {
        failedBefore = failure;
    }

    public void add(Attempt attempt) {
        attempts.add(attempt);
    }

    public List<Attempt> attempts() {
        return attempts;
    }

    /** The present try, or the one that the call ended with; null before the first. */
    public @Nullable Attempt last() {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    }

    /** True when a try went with this very credential. */
    public boolean triedCredential(long id) {
        return attempts.stream()
                .anyMatch(one -> one.credential() != null && one.credential().id() == id);
    }

    /** Id of the credential that the last try at the upstream of that name went with; 0 for none. */
    long lastCredential(String upstream) {
        for (int i = attempts.size() - 1; i >= 0; i--) {
            Credential with = attempts.get(i).credential();
            if (with != null && attempts.get(i).upstream().name().equals(upstream)) {
                return with.id();
            }
        }
        return 0;
    }

    /** True when a try went to the upstream of that name. */
    public boolean triedUpstream(String name) {
        return attempts.stream().anyMatch(one -> one.upstream().name().equals(name));
    }
}
