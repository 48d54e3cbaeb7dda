package dev.mehari.usage;

import org.jspecify.annotations.Nullable;

/**
 * What an answer told of its usage.
 *
 * @param tokens as told, with estimates in place of what was not
 * @param estimated true when a part of it is
 * @param model named in the answer; null when none is
 */
record Reading(
        TokenUsage tokens, boolean estimated, @Nullable String model) {}
