package dev.mehari.credential;

import java.util.ArrayList;
import java.util.List;

/** The tries of one call, in order. Tries follow each other, so it needs no lock. */
public final class AttemptLog {
    private final List<Attempt> attempts = new ArrayList<>(2);

    public void add(Attempt attempt) {
        attempts.add(attempt);
    }

    public List<Attempt> attempts() {
        return attempts;
    }

    /** True when a try went with this very credential. */
    public boolean triedCredential(long id) {
        return attempts.stream()
                .anyMatch(one -> one.credential() != null && one.credential().id() == id);
    }

    /** True when a try went to the upstream of that name. */
    public boolean triedUpstream(String name) {
        return attempts.stream().anyMatch(one -> one.upstream().name().equals(name));
    }
}
