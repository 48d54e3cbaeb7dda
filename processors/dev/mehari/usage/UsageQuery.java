package dev.mehari.usage;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Which usage to show.
 *
 * @param keyId null for all keys
 * @param model null for all models
 * @param from first day, UTC
 * @param to last day, UTC
 */
public record UsageQuery(@Nullable Long keyId, @Nullable String model, LocalDate from, LocalDate to) {}
