package dev.mehari.credential;

/** What became of a change to a credential. Except for {@link Done}, nothing has changed. */
public sealed interface CredentialChange {
    /** It is made; other instances know within a second. {@code credential} is as it is now, or was if it is gone. */
    record Done(CredentialEntry credential) implements CredentialChange {}

    /** There is no credential with this id. */
    record UnknownCredential() implements CredentialChange {}

    record UnknownUpstream(String name) implements CredentialChange {}

    /** Another credential of the upstream has this name. */
    record NameTaken(String name) implements CredentialChange {}

    /** The upstream has the same secret already, in the credential {@code of}. */
    record SameSecret(String of) implements CredentialChange {}
}
