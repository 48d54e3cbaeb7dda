package dev.mehari.testing;

import dev.mehari.answer.EndedCall;
import dev.mehari.audit.AuditEvent;
import dev.mehari.audit.AuditRow;
import dev.mehari.audit.AuditSigner;
import dev.mehari.audit.Checkpoint;
import dev.mehari.audit.EventChain;
import dev.mehari.audit.proof.ExportRecord;
import dev.mehari.audit.proof.NotedHead;
import dev.mehari.audit.proof.SignedBytes;
import dev.mehari.exchange.Dialect;
import dev.mehari.usage.TokenUsage;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** An audit as a gateway writes it, in memory: chains, each following the one before, with events and signatures. */
public final class SampleAudit implements AuditSigner {
    private static final HexFormat HEX = HexFormat.of();
    private static final long NOON = Instant.parse("2026-01-31T12:00:00Z").getEpochSecond() * 1_000_000;

    private final Random random;
    private final KeyPair keys;
    private final List<Part> parts = new ArrayList<>();
    private int events;

    /** One chain, with every link that it ever had. */
    private static final class Part {
        final ExportRecord.Chain chain;
        final EventChain links;
        final List<ExportRecord> records = new ArrayList<>();
        final Map<Long, byte[]> heads = new HashMap<>();

        Part(ExportRecord.Chain chain, EventChain links) {
            this.chain = chain;
            this.links = links;
            heads.put(0L, links.head());
        }
    }

    public SampleAudit(Random random) {
        this.random = random;
        keys = newKeys();
    }

    /** A key pair of Ed25519. */
    public static KeyPair newKeys() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A new start of the instance, whose chain follows the one before. */
    public SampleAudit begin() {
        Part before = parts.isEmpty() ? null : last();
        UUID instance = new UUID(random.nextLong(), random.nextLong());
        EventChain links = EventChain.begin(instance, before == null ? null : before.links.head());
        parts.add(new Part(
                new ExportRecord.Chain(
                        parts.size() + 1,
                        instance,
                        before == null ? null : before.chain.id(),
                        HEX.formatHex(links.head()),
                        Base64.getEncoder().encodeToString(publicKey()),
                        Instant.EPOCH),
                links));
        return this;
    }

    /** Adds events, one after the other. */
    public SampleAudit events(int count) {
        for (int i = 0; i < count; i++) {
            event(NOON + events * 1_000_000L);
        }
        return this;
    }

    /** Adds an event of that time. */
    public SampleAudit event(long atMicros) {
        return event(event(random, atMicros, ++events));
    }

    public SampleAudit event(AuditEvent event) {
        Part part = last();
        part.links.add(event);
        part.heads.put(part.links.sequence(), part.links.head());
        part.records.add(new ExportRecord.Event(
                new AuditRow(part.chain.id(), part.links.sequence(), part.links.shortHead(), event)));
        return this;
    }

    /** Signs the head as it is. */
    public SampleAudit sign() {
        Part part = last();
        long sequence = part.links.sequence();
        byte[] head = part.links.head();
        part.records.add(new ExportRecord.Checkpoint(
                part.chain.id(),
                sequence,
                HEX.formatHex(head),
                Base64.getEncoder().encodeToString(sign(Checkpoint.signed(part.chain.instance(), sequence, head)))));
        return this;
    }

    /** Drops events of the newest chain by rule, and the signatures among them. */
    public SampleAudit drop(long first, long to) {
        return drop(first, to, ExportRecord.Gap.RETENTION);
    }

    /** Drops events of the newest chain for that reason, and the signatures among them. */
    public SampleAudit drop(long first, long to, String reason) {
        Part part = last();
        int at = 0;
        while (at < part.records.size() && sequence(part.records.get(at)) < first) {
            at++;
        }
        part.records.removeIf(one -> sequence(one) >= first && sequence(one) <= to);
        byte[] before = part.heads.get(first - 1);
        byte[] after = part.heads.get(to);
        part.records.add(
                at,
                new ExportRecord.Gap(
                        part.chain.id(),
                        first,
                        to,
                        HEX.formatHex(before),
                        HEX.formatHex(after),
                        reason,
                        Base64.getEncoder().encodeToString(publicKey()),
                        Base64.getEncoder()
                                .encodeToString(sign(
                                        SignedBytes.ofGap(part.chain.instance(), first, to, before, after, reason)))));
        return this;
    }

    /** All records, without the last line of an export. */
    public List<ExportRecord> records() {
        List<ExportRecord> all = new ArrayList<>();
        for (Part part : parts) {
            all.add(part.chain);
            all.addAll(part.records);
        }
        return all;
    }

    /** The heads of all chains as they are now. */
    public List<NotedHead> heads() {
        return parts.stream()
                .map(part ->
                        new NotedHead(part.chain.instance(), part.links.sequence(), HEX.formatHex(part.links.head())))
                .toList();
    }

    public int chains() {
        return parts.size();
    }

    private Part last() {
        return parts.get(parts.size() - 1);
    }

    @Override
    public byte[] publicKey() {
        return keys.getPublic().getEncoded();
    }

    @Override
    public byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(keys.getPrivate());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Number in its chain of an event or a signature, the first of a gap, 0 of a chain. */
    public static long sequence(ExportRecord one) {
        if (one instanceof ExportRecord.Event event) {
            return event.row().sequence();
        }
        if (one instanceof ExportRecord.Checkpoint checkpoint) {
            return checkpoint.sequence();
        }
        return one instanceof ExportRecord.Gap gap ? gap.first() : 0;
    }

    /** Some event; {@code number} is part of its request id. */
    public static AuditEvent event(Random random, long atMicros, int number) {
        boolean refused = random.nextInt(10) == 0;
        boolean failed = !refused && random.nextInt(10) == 0;
        return new AuditEvent(
                atMicros,
                new AuditEvent.Request(
                        "req_" + number,
                        random.nextBoolean()
                                ? HEX.toHexDigits(random.nextLong()).repeat(2)
                                : null,
                        random.nextInt(4),
                        random.nextInt(5) == 0 ? null : "10.0.0." + random.nextInt(256),
                        "POST",
                        "/v1/chat/completions",
                        random.nextBoolean() ? Dialect.OPENAI : Dialect.ANTHROPIC,
                        random.nextInt(5) == 0 ? null : "model-" + random.nextInt(3),
                        random.nextBoolean(),
                        random.nextLong()),
                new AuditEvent.Way(refused ? null : "upstream-" + random.nextInt(2), random.nextInt(5), 0),
                new AuditEvent.Result(
                        refused
                                ? EndedCall.Outcome.REFUSED
                                : failed ? EndedCall.Outcome.FAILURE : EndedCall.Outcome.SUCCESS,
                        refused ? 429 : failed ? 502 : 200,
                        refused ? "queue_full" : null),
                new AuditEvent.Times(refused ? -1 : random.nextInt(50), refused ? -1 : 200, random.nextInt(60_000)),
                new AuditEvent.Use(
                        2_000,
                        9_000,
                        new TokenUsage(random.nextInt(5_000), random.nextInt(100), 0, 300, random.nextInt(300)),
                        random.nextInt(10) == 0,
                        random.nextInt(2_000_000_000)));
    }
}
