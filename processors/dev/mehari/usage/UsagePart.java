package dev.mehari.usage;

/** One of the things by which usage is kept, in the order in which they are shown. */
public enum UsagePart {
    KEY,
    MODEL,
    UPSTREAM,
    CREDENTIAL,
    DAY
}
