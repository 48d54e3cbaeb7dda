package dev.mehari.credential.imports;

import dev.mehari.credential.CredentialTransfer.Entry;
import dev.mehari.credential.CredentialTransfer.Problem;
import java.util.ArrayList;
import java.util.List;

/** What was read of an import so far: credentials, and entries that are none. */
public final class ParsedImport {
    /** Most entries of one import, good or not. */
    static final int MOST_ENTRIES = 5_000;

    private final List<Entry> entries = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** True when it takes no more; says so among the problems once. */
    boolean isFull() {
        int all = entries.size() + problems.size();
        if (all == MOST_ENTRIES) {
            problems.add(new Problem("the rest", "an import takes " + MOST_ENTRIES + " entries at most"));
        }
        return all >= MOST_ENTRIES;
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    void problem(String entry, String problem) {
        problems.add(new Problem(entry, problem));
    }
}
