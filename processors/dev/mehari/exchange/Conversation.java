package dev.mehari.exchange;

/**
 * What calls have in common that should go where the ones before them went, for upstreams cache prompts.
 *
 * @param id a hash; that two conversations have the same is as unlikely as harmless
 * @param begins true when this call follows none before it, though later ones may follow it: nobody named the conversation,
 *     and it is too short for an upstream to have cached
 */
public record Conversation(long id, boolean begins) {}
