package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many at once: each upstream connection is used again, and slow readers cost little. */
@ExtendWith(LeakWatch.class)
@Timeout(60)
class ManyConnectionsTest {
    // row 23
    @Test
    void two_thousand_at_once_use_two_thousand_upstream_connections_again() throws Exception {
        int many = 2_000;
        List<RawClient> clients = new ArrayList<>();
        BlockingQueue<StubUpstream.Reply> replies = new ArrayBlockingQueue<>(many);
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> replies.add(reply));
                RelayFixture relay = RelayFixture.to(stub.port())) {
            int threads = Thread.activeCount();
            for (int i = 0; i < many; i++) {
                clients.add(RawClient.connect(relay.port()));
            }
            for (int round = 0; round < 2; round++) {
                for (RawClient client : clients) {
                    client.get("/");
                }
                List<StubUpstream.Reply> atOnce = new ArrayList<>();
                while (atOnce.size() < many) {
                    atOnce.add(replies.take());
                }
                atOnce.forEach(reply -> reply.after(Duration.ZERO, () -> reply.json(200, "{}")));
                for (RawClient client : clients) {
                    assertThat(client.answer().status()).isEqualTo(200);
                }
            }
            assertThat(stub.connections()).isEqualTo(many);
            assertThat(relay.relay.idleUpstreamConnections()).isEqualTo(many);
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 4);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void two_hundred_clients_that_do_not_read_hold_little_memory() throws Exception {
        int many = 200;
        byte[] part = new byte[16_384];
        AtomicLong written = new AtomicLong();
        List<RawClient> clients = new ArrayList<>();
        try (StubUpstream stub = StubUpstream.answering((request, reply) -> {
                    reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    Runnable more = () -> {
                        while (reply.isWritable()) {
                            reply.raw(part);
                            written.addAndGet(part.length);
                        }
                    };
                    reply.whenWritable(more);
                    more.run();
                });
                RelayFixture relay = RelayFixture.to(stub.port())) {
            long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            for (int i = 0; i < many; i++) {
                RawClient client = RawClient.connectSlow(relay.port(), 4096);
                client.get("/").readUntil("\r\n\r\n");
                clients.add(client);
            }
            AtomicLong last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> last.getAndSet(written.get()) == written.get());
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before)
                    .isLessThan(many * 512L * 1024);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }
}
