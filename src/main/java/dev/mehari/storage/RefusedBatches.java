package dev.mehari.storage;

import dev.mehari.audit.RefusedEvents;
import dev.mehari.audit.SealedEvents;
import dev.mehari.audit.proof.EventLines;
import dev.mehari.storage.vault.OwnersFile;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** Events that PostgreSQL refuses go into files {@code audit-refused-CHAIN-FIRST.jsonl}, which only the owner may read. */
public final class RefusedBatches implements RefusedEvents {
    private final Path folder;

    public RefusedBatches(Path folder) {
        this.folder = folder;
    }

    /** True for wrong data (SQLSTATE class 22), rows that a constraint forbids (23) and what is too large (54). */
    @Override
    public boolean isRefusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refused && refused.getSQLState() != null) {
                String state = refused.getSQLState();
                return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
            }
        }
        return false;
    }

    @Override
    public void keep(SealedEvents events) throws IOException {
        String name = "audit-refused-" + events.chain().id() + "-" + events.first() + ".jsonl";
        OwnersFile.write(folder.resolve(name), EventLines.text(events));
    }
}
