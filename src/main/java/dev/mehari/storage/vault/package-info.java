/**
 * How secrets are sealed before the database sees them: master keys, the file that holds them, and AES-256-GCM. It knows no
 * SQL; which version of the key sealed which row is {@code storage.SealedSecrets}' business. Start reading at
 * {@link dev.mehari.storage.vault.MasterKey}.
 */
@NullMarked
package dev.mehari.storage.vault;

import org.jspecify.annotations.NullMarked;
