/**
 * PostgreSQL: the embedded server, connections, schema, and one class per aggregate that implements an interface of the
 * feature it serves. The only package that imports {@code java.sql}. It decides no rule; SQL is visible where it is used.
 * Start reading at {@link dev.mehari.storage.Database}.
 */
@NullMarked
package dev.mehari.storage;

import org.jspecify.annotations.NullMarked;
