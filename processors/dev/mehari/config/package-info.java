/**
 * Configuration as it stands at start: layers of text (defaults, preset, file, environment, flags) turned into one
 * record per concern. Every problem is found before the first route starts and all are reported together; nothing is
 * repaired silently. It decides no behaviour, and what can be changed while running is in {@code dev.mehari.settings}.
 * Start reading at {@link dev.mehari.config.Settings}, then {@link dev.mehari.config.Configuration}.
 */
@NullMarked
package dev.mehari.config;

import org.jspecify.annotations.NullMarked;
