/**
 * What is kept in a file of the data folder while the database is away. Start reading at
 * {@link dev.mehari.storage.journal.StoredJournal}.
 */
@NullMarked
package dev.mehari.storage.journal;

import org.jspecify.annotations.NullMarked;
