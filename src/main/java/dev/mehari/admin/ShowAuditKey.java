package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.audit.AuditSigner;
import java.util.Base64;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/audit/key} with {@code {"algorithm":"Ed25519","public_key":"..."}}: what this instance's signatures
 * are verified with, as Base64 of X.509. Named {@code showAuditKey}.
 */
public final class ShowAuditKey extends AdminResource {
    private final AuditSigner signer;

    public ShowAuditKey(AuditSigner signer) {
        this.signer = signer;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        new AdminRequest(exchange).noFilters();
        AdminAnswer.put(
                exchange,
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("algorithm", "Ed25519")
                        .put("public_key", Base64.getEncoder().encodeToString(signer.publicKey())));
    }
}
