package dev.mehari.probe;

/** One who wants to know what probes find. Fast, for any thread. */
@FunctionalInterface
public interface ProbeObserver {
    /** What an answer said. */
    enum Outcome {
        WORKS,
        FAILS,
        /** It says something about the credential or the rate of calls only. */
        UNCLEAR
    }

    void probed(String upstream, Outcome outcome);
}
