/**
 * Settings that change while Mehari runs: which there are, what values they take, and what is in force now. It does not
 * decide what a setting does; admission and the audit read
 * {@link dev.mehari.settings.LiveSettings#current()}. Where values are kept
 * is behind {@link dev.mehari.settings.SettingStore}. Start reading at {@link dev.mehari.settings.LiveSettings}.
 */
@NullMarked
package dev.mehari.settings;

import org.jspecify.annotations.NullMarked;
