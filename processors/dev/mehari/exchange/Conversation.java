package dev.mehari.credential;

/**
 * What calls have in common that should go with one credential.
 *
 * @param id a hash
 * @param begins true when this call follows none before it, though later ones may follow it
 */
public record Conversation(String id, boolean begins) {}
