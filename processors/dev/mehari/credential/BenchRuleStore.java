package dev.mehari.credential;

import dev.mehari.failure.StorageUnavailable;
import java.util.List;

/** Where the rules for benching are kept, for all instances. Methods block. */
@FunctionalInterface
public interface BenchRuleStore {
    /** All rules, by position. */
    List<BenchRule> load() throws StorageUnavailable;
}
