/**
 * Live routes: reads the files with the routes, builds all of them into a version, and changes from one version to the next
 * without losing a request. What brings requests in (a listening port, a queue, a {@code direct} name) is an {@link
 * dev.mehari.routes.Entry} that stays for as long as any version has it; behind it stand the routes of the version in force.
 * A request goes through all of its routes on the version that it began on. Start reading at {@link
 * dev.mehari.routes.LiveRoutes}.
 */
@NullMarked
package dev.mehari.routes;

import org.jspecify.annotations.NullMarked;
