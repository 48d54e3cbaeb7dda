/**
 * The admin REST resources behind the management port, as JSON, for the command line, the web page and scripts. Only who shows the
 * admin token or the cookie of a session gets in; everything below {@code /api} is closed unless a route opens it. What the
 * resources show and change belongs to others and is reached through their interfaces. Start reading at
 * {@link dev.mehari.admin.RequireAdmin}, then at {@link dev.mehari.admin.AdminResource}.
 */
@NullMarked
package dev.mehari.admin;

import org.jspecify.annotations.NullMarked;
