/**
 * Puts Mehari together: opens the storage, builds the objects in order, binds the names that the routes use, starts Camel,
 * and ends all of it again. It decides nothing about a request. Start reading at {@link dev.mehari.app.Gateway}.
 */
@NullMarked
package dev.mehari.app;

import org.jspecify.annotations.NullMarked;
