package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** The rules for benching as operators edit them. Methods block. */
public interface BenchRuleBook extends BenchRuleStore {
    /** Puts {@code rules} in place of all, in their order; their positions are given anew. */
    void replace(List<BenchRule> rules) throws StorageUnavailable;
}
