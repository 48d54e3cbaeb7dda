package dev.mehari.audit.proof;

import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditKeys;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.AuditSigner;
import dev.mehari.audit.ChainPart;
import dev.mehari.audit.Checkpoint;
import dev.mehari.audit.DroppedEvents;
import dev.mehari.audit.SealedEvents;
import dev.mehari.failure.StorageUnavailable;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Makes text of sealed events, for sinks other than the table: lines of an export; named {@code eventLines}. Every batch can
 * be the first of a file, and be verified there: before its events come the line of their chain and the signature of the
 * batch before, where there was one since the start; after them comes their own signature. For one thread.
 */
public final class EventLines implements Processor {
    private static final HexFormat HEX = HexFormat.of();

    private final AuditChains chains;
    private final AuditSigner signer;
    private ExportRecord.@Nullable Chain chain;
    private @Nullable Checkpoint last;
    /** For a batch that comes again. */
    private @Nullable Checkpoint lastButOne;

    /** @param signer signs that events are lost */
    public EventLines(AuditChains chains, AuditSigner signer) {
        this.chains = chains;
        this.signer = signer;
    }

    @Override
    public void process(Exchange exchange) throws StorageUnavailable {
        ChainPart part = AuditKeys.part(exchange);
        StringBuilder lines = new StringBuilder();
        begin(part.chain().id(), lines);
        if (part instanceof SealedEvents sealed) {
            add(sealed, lines);
        } else if (part instanceof DroppedEvents lost) {
            add(gap(lost), lines);
        }
        exchange.getMessage().setBody(lines.toString());
    }

    /** The lines of {@code sealed} alone. */
    public static String text(SealedEvents sealed) {
        StringBuilder lines = new StringBuilder();
        addEvents(sealed, lines);
        return lines.toString();
    }

    private void add(SealedEvents sealed, StringBuilder lines) {
        int id = sealed.chain().id();
        Checkpoint before = before(sealed.first());
        if (before != null) {
            add(checkpoint(id, before), lines);
        }
        addEvents(sealed, lines);
        Checkpoint end = sealed.end();
        if (last == null || last.sequence() != end.sequence()) {
            lastButOne = last;
            last = end;
        }
    }

    private static void addEvents(SealedEvents sealed, StringBuilder lines) {
        int id = sealed.chain().id();
        List<AuditEvent> events = sealed.events();
        for (int i = 0; i < events.size(); i++) {
            add(new ExportRecord.Event(new AuditRow(id, sealed.first() + i, sealed.links()[i], events.get(i))), lines);
        }
        add(checkpoint(id, sealed.end()), lines);
    }

    private ExportRecord gap(DroppedEvents lost) {
        Base64.Encoder base64 = Base64.getEncoder();
        return new ExportRecord.Gap(
                lost.chain().id(),
                lost.first(),
                lost.last(),
                HEX.formatHex(lost.before()),
                HEX.formatHex(lost.after()),
                lost.reason().text(),
                base64.encodeToString(signer.publicKey()),
                base64.encodeToString(signer.sign(lost.signed())));
    }

    private void begin(int id, StringBuilder lines) throws StorageUnavailable {
        ExportRecord.Chain current = chain;
        if (current == null || current.id() != id) {
            current = chains.chain(id);
            chain = current;
            last = null;
            lastButOne = null;
        }
        if (current != null) {
            add(current, lines);
        }
    }

    private @Nullable Checkpoint before(long first) {
        if (last != null && last.sequence() == first - 1) {
            return last;
        }
        return lastButOne != null && lastButOne.sequence() == first - 1 ? lastButOne : null;
    }

    private static ExportRecord checkpoint(int chain, Checkpoint signed) {
        return new ExportRecord.Checkpoint(
                chain,
                signed.sequence(),
                HEX.formatHex(signed.head()),
                Base64.getEncoder().encodeToString(signed.signature()));
    }

    private static void add(ExportRecord one, StringBuilder lines) {
        lines.append(ExportLines.write(one)).append('\n');
    }
}
