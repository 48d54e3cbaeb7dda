package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.config.Secret;
import dev.mehari.credential.CredentialTransfer;
import dev.mehari.credential.imports.ExportFile;
import dev.mehari.credential.imports.ExportJson;
import dev.mehari.failure.StorageUnavailable;
import java.security.SecureRandom;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code POST /api/credentials/export} {@code {"passphrase":"12 characters or more"}} with all credentials that open
 * here, sealed with the passphrase as {@link ExportFile} says; named {@code exportCredentials}.
 */
public final class ExportCredentials extends AdminResource {
    private static final Logger LOG = LoggerFactory.getLogger(ExportCredentials.class);
    private static final int LONGEST_PASSPHRASE = 1_000;

    private final CredentialTransfer credentials;
    private final SecureRandom random;

    public ExportCredentials(CredentialTransfer credentials, SecureRandom random) {
        this.credentials = credentials;
        this.random = random;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        String passphrase = AdminBody.of(exchange, Set.of("passphrase")).text("passphrase");
        int length = passphrase.codePointCount(0, passphrase.length());
        if (length < ExportFile.SHORTEST_PASSPHRASE || length > LONGEST_PASSPHRASE) {
            throw AdminRefusal.invalidValue(
                    "passphrase",
                    "must have " + ExportFile.SHORTEST_PASSPHRASE + " to " + LONGEST_PASSPHRASE + " characters");
        }
        var drafts = credentials.give();
        byte[] content = ExportJson.of(drafts).toString().getBytes(UTF_8);
        AdminAnswer.put(exchange, 200, ExportFile.seal(content, new Secret(passphrase), random));
        LOG.info("{} credentials were exported, sealed with a passphrase", drafts.size());
    }
}
