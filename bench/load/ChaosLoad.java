import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Keeps many callers busy on several gateways while these come and go: each caller sends one call after the other, to a random gateway with a random
 * key; one in twenty is a stream, one in fifty is left in the middle. Who cannot connect, or loses its connection, tries the next one 20 ms later.
 *
 * <p>Usage: {@code java ChaosLoad.java PORT,PORT,... KEY,KEY,... CALLERS SECONDS SEED}. When the time is over, calls under way are finished. Prints one
 * JSON object: answers by status, calls {@code left} by us, {@code cut} by the other side, and {@code unconnected}.
 */
final class ChaosLoad {
    private static final long PAUSE_NANOS = 20_000_000L;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
    private final PriorityQueue<Caller> pausing = new PriorityQueue<>((a, b) -> Long.compare(a.wakeNanos, b.wakeNanos));
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private final String[] ports;
    private final String[] keys;
    private final SplittableRandom random;
    private final long endNanos;
    private int busy;
    private int left;
    private int cut;
    private int unconnected;

    private ChaosLoad(String[] args) throws IOException {
        ports = args[0].split(",");
        keys = args[1].split(",");
        endNanos = System.nanoTime() + Integer.parseInt(args[3]) * 1_000_000_000L;
        random = new SplittableRandom(Long.parseLong(args[4]));
    }

    public static void main(String[] args) throws IOException {
        ChaosLoad load = new ChaosLoad(args);
        load.run(Integer.parseInt(args[2]));
        List<String> counts = new ArrayList<>();
        load.answers.forEach((status, count) -> counts.add("\"" + status + "\":" + count));
        System.out.printf("{\"answers\":{%s},\"left\":%d,\"cut\":%d,\"unconnected\":%d}%n", String.join(",", counts), load.left, load.cut, load.unconnected);
    }

    private boolean isOver() {
        return System.nanoTime() - endNanos > 0;
    }

    private void run(int callers) throws IOException {
        for (int i = 0; i < callers; i++) {
            pausing.add(new Caller());
        }
        while (busy > 0 || !isOver()) {
            wake();
            if (System.nanoTime() - endNanos > PATIENCE_NANOS) {
                throw new IOException(busy + " calls have no answer " + PATIENCE_NANOS / 1_000_000_000L + " s after the last was sent");
            }
            selector.select(this::ready, 10);
        }
    }

    private void wake() {
        for (Caller next = pausing.peek(); next != null && next.wakeNanos - System.nanoTime() <= 0; next = pausing.peek()) {
            pausing.remove();
            if (!isOver()) {
                next.call();
            }
        }
    }

    private void ready(SelectionKey key) {
        Caller caller = (Caller) key.attachment();
        try {
            caller.ready(key);
        } catch (IOException lost) {
            caller.lost();
        }
    }

    /** One at a time: connect, ask, read, and again. */
    private final class Caller {
        private final AnswerReader answer = new AnswerReader();
        private SocketChannel channel;
        private int port;
        private int leaveAfter;
        private int received;
        private long wakeNanos = System.nanoTime();

        void call() {
            int wanted = Integer.parseInt(ports[random.nextInt(ports.length)]);
            busy++;
            try {
                if (channel != null && wanted == port) {
                    ask();
                    return;
                }
                close();
                port = wanted;
                channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(selector, SelectionKey.OP_CONNECT, this);
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException lost) {
                lost();
            }
        }

        private void ask() throws IOException {
            boolean stream = random.nextInt(20) == 0;
            leaveAfter = random.nextInt(50) == 0 ? 1 + random.nextInt(600) : Integer.MAX_VALUE;
            received = 0;
            answer.reset();
            String body = "{\"model\":\"chaos\",\"stream\":" + stream + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(random.nextInt(80)) + "\"}]}";
            body = body.replace("\"stream\":true", stream ? "\"stream\":true,\"max_tokens\":3" : "");
            channel.write(ByteBuffer.wrap(("POST /v1/chat/completions HTTP/1.1\r\nHost: chaos\r\nAuthorization: Bearer " + keys[random.nextInt(keys.length)]
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1)));
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void ready(SelectionKey key) throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                ask();
                return;
            }
            in.clear();
            int some = channel.read(in);
            if (some < 0) {
                throw new IOException("closed");
            }
            received += some;
            boolean whole = answer.read(in.flip(), tick -> {});
            if (whole) {
                answers.merge(answer.status(), 1, Integer::sum);
                next(0);
            } else if (received >= leaveAfter) {
                left++;
                close();
                next(0);
            }
        }

        void lost() {
            if (received > 0 || channel != null && channel.isConnected()) {
                cut++;
            } else {
                unconnected++;
            }
            close();
            next(PAUSE_NANOS);
        }

        private void next(long pauseNanos) {
            busy--;
            received = 0;
            wakeNanos = System.nanoTime() + pauseNanos;
            pausing.add(this);
        }

        private void close() {
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException gone) {
                    System.err.println("close: " + gone);
                }
                channel = null;
            }
        }
    }
}
