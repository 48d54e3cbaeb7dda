package dev.mehari.caller;

/** Whether a key is valid, and if not, why; the first reason in this order, from the end, counts. */
public enum KeyState {
    ACTIVE,
    EXPIRED,
    DISABLED,
    DELETED
}
