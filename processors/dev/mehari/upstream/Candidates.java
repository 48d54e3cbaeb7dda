package dev.mehari.upstream;

import java.util.List;

/**
 * Where a call may go.
 *
 * @param upstreams best first, at least one
 * @param leftAlone those that this instance leaves alone for a while, since calls kept failing there, best first: they are for a
 *     call that can be sent nowhere else
 * @param preferred where the call would go if all upstreams could be used
 */
public record Candidates(List<Upstream> upstreams, List<Upstream> leftAlone, Upstream preferred) {
    /** There is but this one. */
    public static Candidates only(Upstream upstream) {
        return new Candidates(List.of(upstream), List.of(), upstream);
    }
}
