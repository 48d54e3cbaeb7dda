package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlushBatchTest {
    private final EmbeddedChannel loop = new EmbeddedChannel();

    @Test
    void what_one_pass_writes_is_sent_at_its_end() {
        List<EmbeddedChannel> connections = connections(FlushBatch.MOST - 1);
        connections.forEach(this::write);

        assertThat(connections).noneMatch(FlushBatchTest::hasSent);

        loop.runPendingTasks();

        assertThat(connections).allMatch(FlushBatchTest::hasSent);
    }

    @Test
    void many_do_not_wait_for_the_end_of_the_pass() {
        List<EmbeddedChannel> connections = connections(FlushBatch.MOST);
        connections.forEach(this::write);

        assertThat(connections).allMatch(FlushBatchTest::hasSent);
        loop.runPendingTasks();
    }

    @Test
    void each_pass_sends_what_it_writes() {
        for (EmbeddedChannel connection : connections(3)) {
            write(connection);
            loop.runPendingTasks();

            assertThat(connection).matches(FlushBatchTest::hasSent);
        }
    }

    @Test
    void a_message_begun_because_another_is_out_is_sent_as_well() {
        EmbeddedChannel second = new EmbeddedChannel();
        EmbeddedChannel first = new EmbeddedChannel();
        first.write(Unpooled.EMPTY_BUFFER).addListener(out -> write(second));
        FlushBatch.add(first, loop.eventLoop());
        loop.runPendingTasks();

        assertThat(second).matches(FlushBatchTest::hasSent);
    }

    private static List<EmbeddedChannel> connections(int count) {
        return Stream.generate(EmbeddedChannel::new).limit(count).toList();
    }

    private void write(EmbeddedChannel connection) {
        connection.write(Unpooled.EMPTY_BUFFER);
        FlushBatch.add(connection, loop.eventLoop());
    }

    private static boolean hasSent(EmbeddedChannel connection) {
        return !connection.outboundMessages().isEmpty();
    }
}
