package dev.mehari.alert;

import java.util.concurrent.CompletionStage;

/** Posts to an operator's webhook. */
@FunctionalInterface
public interface AlertHook {
    /**
     * Posts {@code json} without blocking.
     *
     * @return the status of the answer; fails when there is none
     */
    CompletionStage<Integer> post(String json);
}
