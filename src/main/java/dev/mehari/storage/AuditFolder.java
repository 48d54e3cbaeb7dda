package dev.mehari.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.audit.AuditKey;
import dev.mehari.config.AuditConfig;
import dev.mehari.config.Secret;
import dev.mehari.storage.journal.StoredJournal;
import dev.mehari.storage.vault.OwnersFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the data folder knows of the audit of this instance: the file {@code audit-key}, which only the owner may read, and in
 * {@code audit-chain} which chain was the last that was begun here.
 */
public final class AuditFolder {
    private static final String KEY = "audit-key";
    private static final String CHAIN = "audit-chain";
    private static final String JOURNAL = "audit-journal.mv.db";

    private final Path folder;

    public AuditFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * The key that is configured, else that of the folder, which is made where there is none.
     *
     * @throws StorageStartException when it is no key, or cannot be read or written
     */
    public AuditKey key(@Nullable Secret configured, SecureRandom random) {
        try {
            if (configured != null) {
                return AuditKey.of(configured.reveal());
            }
            Path file = folder.resolve(KEY);
            if (!Files.exists(file)) {
                OwnersFile.write(file, AuditKey.random(random) + "\n");
            }
            return AuditKey.of(Files.readString(file, UTF_8));
        } catch (IllegalArgumentException unusable) {
            String where = configured == null ? folder.resolve(KEY).toString() : "mehari.audit.key";
            throw new StorageStartException(where + ": " + unusable.getMessage(), unusable);
        } catch (IOException failure) {
            throw new StorageStartException("the audit key in " + folder + " cannot be read or made", failure);
        }
    }

    /**
     * Where events are kept while they cannot be written.
     *
     * @throws StorageStartException when what is in it cannot be read
     */
    public StoredJournal openJournal(AuditConfig.Journal config, LongSupplier nanos) {
        try {
            return StoredJournal.open(folder.resolve(JOURNAL), config, nanos);
        } catch (IOException unreadable) {
            throw new StorageStartException(
                    "the audit journal " + unreadable.getMessage() + "; move it away to start without what is in it",
                    unreadable);
        }
    }

    /** The instance of the start before; null when there was none. */
    @Nullable
    UUID lastInstance() throws IOException {
        Path file = folder.resolve(CHAIN);
        try {
            return Files.exists(file)
                    ? UUID.fromString(Files.readString(file, UTF_8).strip())
                    : null;
        } catch (IllegalArgumentException notOne) {
            throw new IOException(file + " holds no instance's id", notOne);
        }
    }

    void noteInstance(UUID instance) throws IOException {
        OwnersFile.write(folder.resolve(CHAIN), instance + "\n");
    }
}
