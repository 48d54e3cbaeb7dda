package dev.mehari.probe;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Asks upstreams. Does not block; any thread. */
@FunctionalInterface
public interface ProbeClient {
    /** Fails when there is no whole answer within {@code timeout}, or it is longer than 64 KiB. */
    CompletionStage<ProbeAnswer> ask(ProbeQuestion question, Duration timeout);
}
