package dev.mehari.usage;

/** What was used in one cell. */
public record UsageRow(UsageCell cell, UsageCounts counts) {}
