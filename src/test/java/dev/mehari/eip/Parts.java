package dev.mehari.eip;

/** Whose implementation of an EIP runs a route. */
public enum Parts {
    CAMEL,
    MEHARI
}
