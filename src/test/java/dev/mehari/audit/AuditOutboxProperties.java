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

/** Whatever fails in whatever order, events are written once and in order, and where they are lost it shows. */
class AuditOutboxProperties {
    private static final int REFUSES = 12;
    private static final int REPAIRS_DISK = 11;
    private static final int BREAKS_DISK = 10;
    private static final int FAILS = 7;
    private static final int WORKS = 5;

    @Property(tries = 300)
    void every_event_is_written_once_in_the_order_of_one_chain(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 9) Integer> steps) throws Exception {
        Run run = new Run(40, Integer.MAX_VALUE);
        run.take(steps);

        assertThat(run.outbox.events()).isEqualTo(run.offered);
        assertThat(run.outbox.dropped()).isZero();
        assertThat(run.written())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, run.offered).boxed().toList());
    }

    @Property(tries = 300)
    void what_is_lost_leaves_a_gap_of_its_size_in_the_chain(
            @ForAll @Size(max = 80) List<@IntRange(min = 1, max = 12) Integer> steps) throws Exception {
        Run run = new Run(7, 3);
        run.take(steps);

        long lost = run.table.stream()
                .filter(DroppedEvents.class::isInstance)
                .mapToLong(ChainPart::count)
                .sum();
        assertThat(run.outbox.dropped()).isEqualTo(lost);
        assertThat(run.outbox.events() + lost).isEqualTo(run.offered);
        assertThat(run.written()).isSorted().doesNotHaveDuplicates();
    }

    /** A queue, a journal and a table that begin empty. */
    private static final class Run {
        private final AtomicLong nanos = new AtomicLong();
        private final FakeJournal journal;
        private final List<ChainPart> table = new ArrayList<>();
        private final AuditOutbox outbox;
        private final int capacity;
        private final boolean loses;
        private long refused;
        private int offered;

        Run(int capacity, int room) {
            this.capacity = capacity;
            loses = room < Integer.MAX_VALUE;
            journal = new FakeJournal(room);
            outbox = new AuditOutbox(
                    new AuditQueue(capacity, 3),
                    Events.seal(),
                    journal,
                    Events.refusals(new ArrayList<>()),
                    Clock.systemUTC(),
                    nanos::get,
                    Duration.ofMillis(1),
                    Duration.ofMillis(10));
        }

        void take(List<Integer> steps) throws Exception {
            for (int step : steps) {
                nanos.addAndGet(4_000_000);
                if (step >= BREAKS_DISK) {
                    trouble(step);
                } else if (step >= FAILS) {
                    turn(false);
                } else if (step >= WORKS) {
                    turn(true);
                } else {
                    for (int i = 0; i < step && (loses || outbox.waiting() < capacity); i++) {
                        outbox.offer(Events.event(++offered));
                    }
                }
            }
            journal.broken = false;
            for (int i = 0; i < 300; i++) {
                nanos.addAndGet(11_000_000);
                turn(true);
            }

            assertThat(journal.isEmpty()).isTrue();
            checkChain();
        }

        private void trouble(int step) throws IOException {
            if (step == REFUSES && refused == 0) {
                refused = table.stream().mapToLong(ChainPart::last).max().orElse(0) + 2;
            } else {
                journal.broken = step != REPAIRS_DISK;
                turn(false);
            }
        }

        /** Numbers of the events in the table. */
        List<Long> written() {
            return table.stream()
                    .filter(SealedEvents.class::isInstance)
                    .flatMap(part -> ((SealedEvents) part).events().stream())
                    .map(event -> Long.parseLong(event.request().id()))
                    .toList();
        }

        private void turn(boolean works) throws IOException {
            Object batch = outbox.next(0);
            if (batch == null) {
                return;
            }
            ChainPart sealed = outbox.seal(batch);
            boolean isRefused = sealed instanceof SealedEvents && sealed.first() <= refused && refused <= sealed.last();
            if (outbox.isBehind()) {
                outbox.keep(sealed, null);
            } else if (works && isRefused) {
                outbox.keep(sealed, new IOException("refused"));
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
            for (ChainPart part : table) {
                assertThat(part.first()).isEqualTo(chain.sequence() + 1);
                assertThat(part.before()).isEqualTo(chain.head());
                if (!(part instanceof SealedEvents batch)) {
                    chain = EventChain.at(part.after(), part.last());
                    continue;
                }
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
