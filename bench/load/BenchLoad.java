import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Load with a fixed schedule: one thread sends, one reads. Every latency counts from the moment its request was <em>due</em>, so a stall of the peer
 * is charged to all requests that it delayed (no coordinated omission).
 *
 * <ul>
 *   <li>{@code BenchLoad rate PORT PATH AUTHORIZATION PER_SECOND WARM_UP_S SECONDS CONNECTIONS}: JSON calls over kept-alive connections.
 *   <li>{@code BenchLoad streams PORT PATH AUTHORIZATION COUNT OPENED_PER_SECOND EVENTS LIMIT_S}: COUNT streams, each on a connection of its own,
 *       after a warm-up of short ones.
 * </ul>
 *
 * {@code AUTHORIZATION} is a header value or {@code -}. Prints one JSON document; times in microseconds.
 */
final class BenchLoad {
    private static final long SECOND = 1_000_000_000L;
    private static final int WARM_UP_STREAMS = 400;
    private static final int WARM_UP_EVENTS = 3;
    private static final int WAIT_FOR_STRAGGLERS_S = 15;

    private final Selector selector;
    private final InetSocketAddress peer;
    private final byte[] request;
    private final ConcurrentLinkedQueue<Connection> opened = new ConcurrentLinkedQueue<>();
    private final LinkedBlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
    private final Samples first;
    private final Samples later;
    private volatile boolean allSent;
    private volatile long deadlineNanos;
    private volatile long measureFromNanos;
    private volatile int sendFailures;
    private volatile int outstanding;
    private volatile int completed;
    private volatile int failed;
    private volatile int openNow;
    private volatile int openMost;

    private BenchLoad(String[] args, String options, int firsts, int laters) throws IOException {
        peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
        request = request(args[2], args[3], options);
        selector = Selector.open();
        first = new Samples(firsts);
        later = new Samples(laters);
    }

    public static void main(String[] args) throws Exception {
        int a = Integer.parseInt(args[4]);
        int b = Integer.parseInt(args[5]);
        int c = Integer.parseInt(args[6]);
        int d = Integer.parseInt(args[7]);
        if (args[0].equals("rate")) {
            System.out.println(new BenchLoad(args, "\"stream\":false", a * c, 1).rate(a, b, c, d));
        } else if (args[0].equals("streams")) {
            new BenchLoad(args, "\"stream\":true,\"max_tokens\":3", WARM_UP_STREAMS, WARM_UP_STREAMS * WARM_UP_EVENTS)
                    .streams(WARM_UP_STREAMS, WARM_UP_STREAMS, WARM_UP_EVENTS, WAIT_FOR_STRAGGLERS_S);
            BenchLoad load = new BenchLoad(args, "\"stream\":true", a, a * c);
            System.out.println(load.streams(a, b, c, d));
        } else {
            throw new IllegalArgumentException("rate or streams, not " + args[0]);
        }
    }

    private String rate(int perSecond, int warmUpSeconds, int seconds, int connections) throws Exception {
        for (int i = 0; i < connections; i++) {
            Connection connection = open(0);
            register(connection);
            idle.add(connection);
        }
        long start = System.nanoTime() + SECOND / 10;
        measureFromNanos = start + warmUpSeconds * SECOND;
        int total = perSecond * (warmUpSeconds + seconds);
        deadlineNanos = start + (warmUpSeconds + seconds + WAIT_FOR_STRAGGLERS_S) * SECOND;
        Thread reader = startReader();
        int sent = 0;
        for (int i = 0; i < total; i++) {
            long due = start + i * SECOND / perSecond;
            waitUntil(due);
            Connection connection = idle.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (connection == null) {
                break;
            }
            try {
                connection.send(due);
                sent++;
            } catch (IOException closed) {
                sendFailures++;
            }
        }
        outstanding = sent;
        allSent = true;
        selector.wakeup();
        reader.join();
        closeAll();
        return json(total, sent, 0);
    }

    private String streams(int count, int openedPerSecond, int eventsEach, int limitSeconds) throws Exception {
        long start = System.nanoTime() + SECOND / 10;
        measureFromNanos = start;
        deadlineNanos = start + limitSeconds * SECOND;
        Thread reader = startReader();
        int sent = 0;
        for (int i = 0; i < count && System.nanoTime() < deadlineNanos; i++) {
            long due = start + i * SECOND / openedPerSecond;
            waitUntil(due);
            try {
                Connection connection = open(eventsEach);
                connection.send(due);
                opened.add(connection);
                selector.wakeup();
                sent++;
            } catch (IOException refused) {
                sendFailures++;
            }
        }
        outstanding = sent;
        allSent = true;
        selector.wakeup();
        reader.join();
        closeAll();
        return json(count, sent, eventsEach);
    }

    private static void waitUntil(long due) {
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }

    private Connection open(int eventsEach) throws IOException {
        SocketChannel channel = SocketChannel.open(peer);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        return new Connection(channel, eventsEach);
    }

    private void register(Connection connection) throws IOException {
        connection.channel.register(selector, SelectionKey.OP_READ, connection);
    }

    private Thread startReader() {
        Thread reader = new Thread(this::readAll, "reader");
        reader.start();
        return reader;
    }

    private void readAll() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
        try {
            while (System.nanoTime() < deadlineNanos && !(allSent && completed + failed >= outstanding)) {
                selector.select(key -> readable(key, buffer), 200);
                for (Connection next = opened.poll(); next != null; next = opened.poll()) {
                    openNow++;
                    openMost = Math.max(openMost, openNow);
                    register(next);
                }
            }
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private void readable(SelectionKey key, ByteBuffer buffer) {
        try {
            ((Connection) key.attachment()).readable(buffer);
        } catch (IOException lost) {
            System.err.println("connection not replaced: " + lost);
        }
    }

    private void closeAll() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private String json(int planned, int sent, int eventsEach) {
        return String.format(
                "{\"planned\":%d,\"sent\":%d,\"completed\":%d,\"failed\":%d,\"unfinished\":%d,\"send_failures\":%d,\"open_most\":%d,\"events_each\":%d,"
                        + "\"first_us\":%s,\"later_us\":%s}",
                planned, sent, completed, failed, sent - completed - failed, sendFailures, openMost, eventsEach, first.json(), later.json());
    }

    private static byte[] request(String path, String authorization, String options) {
        String start = "{\"model\":\"bench\"," + options + ",\"messages\":[{\"role\":\"user\",\"content\":\"";
        String end = "\"}]}";
        String body = start + "word ".repeat((1024 - start.length() - end.length()) / 5) + end;
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n"
                + (authorization.equals("-") ? "" : "Authorization: " + authorization + "\r\n") + "\r\n";
        return (head + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One connection; written by the sending thread, read by the reading one, a single call under way at a time. */
    private final class Connection {
        private final SocketChannel channel;
        /** 0: JSON answers, one after the other; otherwise events of the one stream. */
        private final int eventsEach;
        private final AnswerReader answer = new AnswerReader();
        private volatile long dueNanos;
        private volatile boolean busy;
        private int events;

        Connection(SocketChannel channel, int eventsEach) {
            this.channel = channel;
            this.eventsEach = eventsEach;
        }

        void send(long due) throws IOException {
            dueNanos = due;
            busy = true;
            ByteBuffer bytes = ByteBuffer.wrap(request);
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException closed) {
                busy = false;
                throw closed;
            }
        }

        void readable(ByteBuffer buffer) throws IOException {
            try {
                buffer.clear();
                int count = channel.read(buffer);
                long now = System.nanoTime();
                if (count < 0) {
                    fail();
                    return;
                }
                buffer.flip();
                boolean complete = answer.read(buffer, tick -> tick(tick, now));
                if (answer.status() != 200) {
                    fail();
                } else if (complete) {
                    complete(now);
                }
            } catch (IOException gone) {
                fail();
            }
        }

        private void tick(long writtenNanos, long now) {
            if (events == 0) {
                first.add(now - dueNanos);
            } else {
                later.add(now - writtenNanos);
            }
            events++;
        }

        private void complete(long now) throws IOException {
            if (eventsEach == 0) {
                if (dueNanos >= measureFromNanos) {
                    first.add(now - dueNanos);
                }
                completed++;
                answer.reset();
                busy = false;
                idle.add(this);
            } else if (answer.streamed() && events == eventsEach) {
                completed++;
                busy = false;
                close();
            } else {
                fail();
            }
        }

        private void fail() throws IOException {
            if (busy) {
                failed++;
            }
            idle.remove(this);
            close();
            if (eventsEach == 0 && System.nanoTime() < deadlineNanos) {
                Connection next = open(0);
                register(next);
                idle.add(next);
            }
        }

        private void close() {
            openNow--;
            try {
                channel.close();
            } catch (IOException gone) {
                System.err.println("close: " + gone);
            }
        }
    }

    /** Latencies in nanoseconds, bounded; written by one thread. */
    private static final class Samples {
        private final long[] nanos;
        private int size;

        Samples(int most) {
            nanos = new long[most];
        }

        void add(long value) {
            if (size < nanos.length) {
                nanos[size++] = value;
            }
        }

        String json() {
            Arrays.sort(nanos, 0, size);
            return String.format(
                    "{\"count\":%d,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
                    size, at(0.5), at(0.9), at(0.99), at(0.999), at(1));
        }

        private double at(double quantile) {
            int rank = (int) Math.ceil(quantile * size);
            return size == 0 ? 0 : nanos[Math.max(0, rank - 1)] / 1e3;
        }
    }
}
