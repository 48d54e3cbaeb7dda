/**
 * Reads credentials in the forms in which people have them: our own JSON, exported files, one JSON file an account, ZIPs of
 * these, and {@code accounts.toml}. Nothing here stores anything; every entry that cannot be read is listed with its reason,
 * sizes are bounded, and no message holds anything secret. Start reading at
 * {@link dev.mehari.credential.imports.ImportFile}.
 */
@NullMarked
package dev.mehari.credential.imports;

import org.jspecify.annotations.NullMarked;
