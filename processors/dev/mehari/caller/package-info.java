/**
 * Who is calling: finds the caller of a request by the key that it presents, and lets no credential of a caller travel
 * on. Keys are kept as hashes behind {@link dev.mehari.caller.KeyStore}; those in use are held in
 * {@link dev.mehari.caller.KeyCache}, so that they are decided without waiting and work while the database is away. It
 * does not decide how much a caller may use. Start reading at {@link dev.mehari.caller.IdentifyCaller}.
 */
@NullMarked
package dev.mehari.caller;

import org.jspecify.annotations.NullMarked;
