/**
 * The admin REST resources behind the management port: state and live settings as JSON, for the command line and for
 * scripts. Only who shows the admin token gets in. What the resources show and change belongs to others and is reached through
 * {@link dev.mehari.admin.StateView} and {@link dev.mehari.admin.SettingsView}. Start reading at
 * {@link dev.mehari.admin.RequireAdminToken}.
 */
@NullMarked
package dev.mehari.admin;

import org.jspecify.annotations.NullMarked;
