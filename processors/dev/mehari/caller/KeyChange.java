package dev.mehari.caller;

/** What became of a change to a key. Except for {@link Done}, nothing has changed. */
public sealed interface KeyChange {
    /** It is made; other instances know within a second. {@code key} is as it is now, or as it was if it is gone. */
    record Done(KeyEntry key) implements KeyChange {}

    /** There is no key with this id. */
    record UnknownKey() implements KeyChange {}

    /** Another key that is not deleted has this name. */
    record NameTaken(String name) implements KeyChange {}

    /** The key is deleted, or is not, as the change would need it; {@code message} says what to do. */
    record WrongState(String message) implements KeyChange {}
}
