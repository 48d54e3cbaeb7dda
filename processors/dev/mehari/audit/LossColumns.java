package dev.mehari.audit;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Makes the parameters of the SQL function {@code audit_lost} of events that are lost, as headers, signed with the key of this
 * instance; named {@code lossColumns}.
 */
public final class LossColumns implements Processor {
    private final AuditSigner signer;

    public LossColumns(AuditSigner signer) {
        this.signer = signer;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(AuditKeys.part(exchange) instanceof DroppedEvents lost)) {
            throw new IllegalStateException("these events are not lost");
        }
        Map<String, Object> headers = exchange.getMessage().getHeaders();
        headers.put("chain", lost.chain().id());
        headers.put("first", lost.first());
        headers.put("last", lost.last());
        headers.put("before", lost.before());
        headers.put("after", lost.after());
        headers.put("reason", lost.reason().text());
        headers.put("publicKey", signer.publicKey());
        headers.put("signature", signer.sign(lost.signed()));
    }
}
