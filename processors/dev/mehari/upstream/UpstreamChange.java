package dev.mehari.upstream;

/** What became of a change to a stored upstream. */
public sealed interface UpstreamChange {
    /** It is done; of a deleted one, what it was. */
    record Done(UpstreamEntry upstream) implements UpstreamChange {}

    /** Another has this name. */
    record NameTaken(String name) implements UpstreamChange {}

    /** There is none of this name. */
    record Unknown() implements UpstreamChange {}
}
