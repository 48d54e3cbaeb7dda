import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * The upstream behind every peer: one thread, one selector, no library, so that its own cost stays small and equal for all of them.
 *
 * <p>Usage: {@code java BenchUpstream.java PORT} (0: a free one). Prints {@code listening PORT}. Listens on loopback only.
 *
 * <ul>
 *   <li>{@code GET /control?latency=MS&events=N&interval=MS} sets how later requests are answered, and answers 204.
 *   <li>A request whose body holds {@code "stream":true} is answered by N server-sent events, the first at once. Each carries {@code tick-NANOS.}, the
 *       monotonic clock at the moment it was written; processes of one machine share that clock.
 *   <li>With {@code "max_tokens":3} beside it (a warm-up) the stream has 3 events, 5 ms apart.
 *   <li>Every other request is answered by about 1 KB of JSON after the latency.
 * </ul>
 */
final class BenchUpstream {
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final byte[] CONTROL = ascii("GET /control?");
    private static final byte[] STREAM = ascii("\"stream\":true");
    private static final byte[] WARM_UP = ascii("\"max_tokens\":3");
    private static final byte[] JSON_ANSWER = jsonAnswer();
    private static final byte[] NO_CONTENT = ascii("HTTP/1.1 204 No Content\r\n\r\n");
    private static final byte[] STREAM_HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n");
    private static final String EVENT_START =
            "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"tick-";
    private static final String EVENT_END = ".\"},\"finish_reason\":null}]}\n\n";
    private static final byte[] STREAM_END = ascii("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    private static final int MAX_REQUEST_BYTES = 1 << 20;

    private final Selector selector;
    private final ServerSocketChannel server;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
    private final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);
    private final PriorityQueue<Due> timers = new PriorityQueue<>();
    private long latencyNanos;
    private int events = 10;
    private long intervalNanos = 100_000_000L;

    private BenchUpstream(int port) throws IOException {
        selector = Selector.open();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 8192);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException {
        BenchUpstream upstream = new BenchUpstream(Integer.parseInt(args[0]));
        System.out.println("listening " + ((InetSocketAddress) upstream.server.getLocalAddress()).getPort());
        upstream.serve();
    }

    private void serve() throws IOException {
        while (true) {
            Due next = timers.peek();
            if (next == null) {
                selector.select(this::ready);
            } else {
                long wait = next.atNanos - System.nanoTime();
                if (wait <= 0) {
                    selector.selectNow(this::ready);
                } else {
                    selector.select(this::ready, (wait + 999_999) / 1_000_000);
                }
                fireTimers();
            }
        }
    }

    private void fireTimers() {
        long now = System.nanoTime();
        for (Due due = timers.peek(); due != null && due.atNanos <= now; due = timers.peek()) {
            timers.remove();
            Connection connection = due.connection;
            if (connection.channel.isOpen()) {
                try {
                    connection.timer();
                } catch (IOException gone) {
                    connection.close();
                }
            }
        }
    }

    private void ready(SelectionKey key) {
        if (key.isAcceptable()) {
            accept();
            return;
        }
        Connection connection = (Connection) key.attachment();
        try {
            connection.readable();
        } catch (IOException gone) {
            connection.close();
        }
    }

    private void accept() {
        try {
            for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
            }
        } catch (IOException refused) {
            System.err.println("accept: " + refused);
        }
    }

    private void control(String target) {
        for (String pair : target.substring(target.indexOf('?') + 1).split("&")) {
            String[] parts = pair.split("=");
            int value = Integer.parseInt(parts[1]);
            switch (parts[0]) {
                case "latency" -> latencyNanos = value * 1_000_000L;
                case "events" -> events = value;
                case "interval" -> intervalNanos = value * 1_000_000L;
                default -> throw new IllegalArgumentException("unknown control " + parts[0]);
            }
        }
    }

    private record Due(long atNanos, Connection connection) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(atNanos, other.atNanos);
        }
    }

    /** One accepted connection; answers one request at a time. */
    private final class Connection {
        private final SocketChannel channel;
        private byte[] pending = new byte[0];
        private int eventsLeft;
        private long nextEventNanos;
        private long betweenNanos;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void readable() throws IOException {
            in.clear();
            int count = channel.read(in);
            if (count < 0) {
                close();
                return;
            }
            int start = pending.length;
            byte[] all = Arrays.copyOf(pending, start + count);
            in.flip().get(all, start, count);
            int used = 0;
            for (int length = requestLength(all, used); length > 0; length = requestLength(all, used)) {
                answer(all, used, length);
                used += length;
            }
            if (all.length - used > MAX_REQUEST_BYTES) {
                throw new IOException("request too large");
            }
            pending = used == all.length ? new byte[0] : Arrays.copyOfRange(all, used, all.length);
        }

        private void answer(byte[] bytes, int from, int length) throws IOException {
            if (bytes[from] == 'G' && indexOf(bytes, CONTROL, from, from + length) == from) {
                String line = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
                control(line.split(" ")[1]);
                send(NO_CONTENT);
            } else if (indexOf(bytes, STREAM, from, from + length) >= 0) {
                send(STREAM_HEAD);
                boolean warmUp = indexOf(bytes, WARM_UP, from, from + length) >= 0;
                eventsLeft = warmUp ? 3 : events;
                betweenNanos = warmUp ? 5_000_000L : intervalNanos;
                nextEventNanos = System.nanoTime();
                event();
            } else if (latencyNanos == 0) {
                send(JSON_ANSWER);
            } else {
                timers.add(new Due(System.nanoTime() + latencyNanos, this));
            }
        }

        void timer() throws IOException {
            if (eventsLeft > 0) {
                event();
            } else {
                send(JSON_ANSWER);
            }
        }

        private void event() throws IOException {
            byte[] data = ascii(EVENT_START + System.nanoTime() + EVENT_END);
            byte[] size = ascii(Integer.toHexString(data.length) + "\r\n");
            out.clear();
            out.put(size).put(data).put((byte) '\r').put((byte) '\n');
            eventsLeft--;
            if (eventsLeft == 0) {
                out.put(STREAM_END);
            } else {
                nextEventNanos += betweenNanos;
                timers.add(new Due(nextEventNanos, this));
            }
            flush();
        }

        private void send(byte[] bytes) throws IOException {
            out.clear();
            out.put(bytes);
            flush();
        }

        private void flush() throws IOException {
            out.flip();
            channel.write(out);
            if (out.hasRemaining()) {
                throw new IOException("the reader is too slow");
            }
        }

        void close() {
            try {
                channel.close();
            } catch (IOException gone) {
                System.err.println("close: " + gone);
            }
        }
    }

    /** Length in bytes of the complete request that starts at {@code from}, or 0 when more has to arrive. */
    private static int requestLength(byte[] bytes, int from) {
        int headEnd = indexOf(bytes, HEAD_END, from, bytes.length);
        if (headEnd < 0) {
            return 0;
        }
        int bodyStart = headEnd + HEAD_END.length;
        int value = headerValue(bytes, from, headEnd, "\ncontent-length:");
        if (value >= 0) {
            int length = 0;
            for (int i = value; i < headEnd && bytes[i] != '\r'; i++) {
                if (bytes[i] != ' ') {
                    length = length * 10 + bytes[i] - '0';
                }
            }
            return bodyStart + length <= bytes.length ? bodyStart + length - from : 0;
        }
        if (headerValue(bytes, from, headEnd, "\ntransfer-encoding:") < 0) {
            return bodyStart - from;
        }
        int last = indexOf(bytes, LAST_CHUNK, bodyStart, bytes.length);
        return last < 0 ? 0 : last + LAST_CHUNK.length - from;
    }

    private static int headerValue(byte[] bytes, int from, int to, String lowerName) {
        for (int i = from; i <= to - lowerName.length(); i++) {
            int k = 0;
            while (k < lowerName.length() && Character.toLowerCase(bytes[i + k]) == lowerName.charAt(k)) {
                k++;
            }
            if (k == lowerName.length()) {
                return i + k;
            }
        }
        return -1;
    }

    private static int indexOf(byte[] bytes, byte[] what, int from, int to) {
        for (int i = from; i <= to - what.length; i++) {
            if (bytes[i] == what[0] && Arrays.equals(bytes, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] jsonAnswer() {
        String start = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"bench\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"";
        String end = "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":180,\"total_tokens\":380}}";
        String body = start + "word ".repeat((1024 - start.length() - end.length()) / 5) + end;
        return ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
