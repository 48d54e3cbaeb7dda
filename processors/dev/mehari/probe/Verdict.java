package dev.mehari.probe;

/**
 * What an answer says about an upstream.
 *
 * @param reason in words, without anything that the upstream chose; empty where it works
 */
record Verdict(ProbeObserver.Outcome outcome, String reason) {

    static final Verdict WORKS = new Verdict(ProbeObserver.Outcome.WORKS, "");

    static Verdict fails(String reason) {
        return new Verdict(ProbeObserver.Outcome.FAILS, reason);
    }

    static Verdict unclear(String reason) {
        return new Verdict(ProbeObserver.Outcome.UNCLEAR, reason);
    }
}
