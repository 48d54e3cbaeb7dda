package dev.mehari.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever fails in whatever order, events are written once and in order. */
class AuditOutboxProperties {
    private static final int FAILS = 7;
    private static final int WORKS = 5;

    @Property(tries = 300)
    void every_event_is_written_once_in_the_order_of_one_chain(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 9) Integer> steps) throws Exception {
        new Run().take(steps);
    }

    /** A queue, a journal and a table that begin empty. */
    private static final class Run {
        private final AtomicLong nanos = new AtomicLong();
        private final FakeJournal journal = new FakeJournal();
        private final List<SealedEvents> table = new ArrayList<>();
        private final AuditOutbox outbox = new AuditOutbox(
                new AuditQueue(40, 3),
                Events.seal(),
                journal,
                Clock.systemUTC(),
                nanos::get,
                Duration.ofMillis(1),
                Duration.ofMillis(10));

        void take(List<Integer> steps) throws Exception {
            int offered = 0;
            for (int step : steps) {
                nanos.addAndGet(4_000_000);
                if (step >= FAILS) {
                    turn(false);
                } else if (step >= WORKS) {
                    turn(true);
                } else {
                    for (int i = 0; i < step && outbox.waiting() < 40; i++) {
                        outbox.offer(Events.event(++offered));
                    }
                }
            }
            for (int i = 0; i < 300; i++) {
                nanos.addAndGet(11_000_000);
                turn(true);
            }

            assertThat(journal.events()).isZero();
            assertThat(outbox.events()).isEqualTo(offered);
            assertThat(outbox.dropped()).isZero();
            assertThat(table.stream().flatMap(batch -> batch.events().stream()))
                    .extracting(event -> Long.parseLong(event.request().id()))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, offered).boxed().toList());
            checkChain();
        }

        private void turn(boolean works) throws IOException {
            Object batch = outbox.next(0);
            if (batch == null) {
                return;
            }
            SealedEvents sealed = outbox.seal(batch);
            if (outbox.isBehind()) {
                outbox.keep(sealed, null);
            } else if (works) {
                table.add(sealed);
                outbox.written(sealed);
            } else {
                outbox.keep(sealed, new IOException("away"));
            }
        }

        private void checkChain() throws Exception {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(Events.KEY.publicKey())));
            EventChain chain = EventChain.begin(Events.INSTANCE, null);
            for (SealedEvents batch : table) {
                assertThat(batch.first()).isEqualTo(chain.sequence() + 1);
                for (int i = 0; i < batch.links().length; i++) {
                    chain.add(batch.events().get(i));
                    assertThat(chain.shortHead()).isEqualTo(batch.links()[i]);
                }
                assertThat(batch.end().head()).isEqualTo(chain.head());
                signature.update(Checkpoint.signed(Events.INSTANCE, chain.sequence(), chain.head()));
                assertThat(signature.verify(batch.end().signature())).isTrue();
            }
        }
    }
}
