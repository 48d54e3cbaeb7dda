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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Opens streams and leaves each after a random number of bytes: some before their request is sent whole, some after the head, most in the middle of an
 * event, a few at the very end. Every second one resets the connection, the others close it.
 *
 * <p>Usage: {@code java AbortLoad.java PORT PATH AUTHORIZATION COUNT AT_ONCE MOST_BYTES SEED} ({@code -}: no authorization). Prints one JSON object:
 * how many were {@code aborted} by us after how many bytes in all, how many the other side had {@code ended} before, how many were {@code refused}, by
 * status, and how many {@code failed} (no connection).
 */
final class AbortLoad {
    private static final String BODY = "{\"model\":\"bench\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(40) + "\"}]}";

    private final Selector selector;
    private final InetSocketAddress target;
    private final byte[] request;
    private final int count;
    private final int atOnce;
    private final int mostBytes;
    private final SplittableRandom random;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
    private int open;
    private int aborted;
    private int ended;
    private final Map<Integer, Integer> refused = new TreeMap<>();
    private int failed;
    private long bytes;

    private AbortLoad(String[] args) throws IOException {
        selector = Selector.open();
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        String authorization = args[2].equals("-") ? "" : "Authorization: " + args[2] + "\r\n";
        request = ("POST " + args[1] + " HTTP/1.1\r\nHost: bench\r\n" + authorization + "Content-Type: application/json\r\nContent-Length: " + BODY.length()
                + "\r\n\r\n" + BODY).getBytes(StandardCharsets.ISO_8859_1);
        count = Integer.parseInt(args[3]);
        atOnce = Integer.parseInt(args[4]);
        mostBytes = Integer.parseInt(args[5]);
        random = new SplittableRandom(Long.parseLong(args[6]));
    }

    public static void main(String[] args) throws IOException {
        AbortLoad load = new AbortLoad(args);
        load.run();
        List<String> refused = new ArrayList<>();
        load.refused.forEach((status, count) -> refused.add("\"" + status + "\":" + count));
        System.out.printf("{\"aborted\":%d,\"ended\":%d,\"refused\":{%s},\"failed\":%d,\"bytes\":%d}%n", load.aborted, load.ended, String.join(",", refused),
                load.failed, load.bytes);
    }

    private void run() throws IOException {
        while (aborted < count || open > 0) {
            while (aborted + open < count && open < atOnce) {
                begin();
            }
            selector.select(1000);
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                SelectionKey key = keys.next();
                keys.remove();
                Stream stream = (Stream) key.attachment();
                try {
                    stream.ready(key);
                } catch (IOException lost) {
                    failed++;
                    stream.over(false);
                }
            }
        }
    }

    private void begin() throws IOException {
        open++;
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Stream stream = new Stream(channel, random.nextInt(mostBytes), random.nextInt(50), random.nextBoolean());
        channel.register(selector, SelectionKey.OP_CONNECT, stream);
        channel.connect(target);
    }

    /** One stream; leaves in the middle of its request when {@code sendAll} is 0, one in fifty. */
    private final class Stream {
        private final AnswerReader answer = new AnswerReader();
        private final SocketChannel channel;
        private final int leaveAfter;
        private final boolean sendAll;
        private final boolean reset;
        private int received;

        Stream(SocketChannel channel, int leaveAfter, int luck, boolean reset) {
            this.channel = channel;
            this.leaveAfter = leaveAfter;
            this.sendAll = luck > 0;
            this.reset = reset;
        }

        void ready(SelectionKey key) throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                int length = sendAll ? request.length : 1 + leaveAfter % (request.length - 1);
                ByteBuffer out = ByteBuffer.wrap(request, 0, length);
                channel.write(out);
                if (out.hasRemaining()) {
                    throw new IOException("a fresh connection takes no request");
                }
                key.interestOps(SelectionKey.OP_READ);
                if (!sendAll || leaveAfter == 0) {
                    leave();
                }
                return;
            }
            in.clear();
            int some = channel.read(in);
            if (some < 0) {
                ended++;
                over(false);
                return;
            }
            boolean whole = answer.read(in.flip(), tick -> {});
            if (answer.status() != 200) {
                refused.merge(answer.status(), 1, Integer::sum);
                over(false);
                return;
            }
            received += some;
            if (whole) {
                ended++;
                over(false);
                return;
            }
            if (received >= leaveAfter) {
                leave();
            }
        }

        private void leave() {
            aborted++;
            bytes += received;
            over(reset);
        }

        void over(boolean byReset) {
            open--;
            try {
                if (byReset) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
                channel.close();
            } catch (IOException gone) {
                System.err.println("close: " + gone);
            }
        }
    }
}
