package dev.mehari.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/**
 * A TCP balancer: each connection goes to the next of its ports in turn, and to the one after it when that refuses. It
 * knows nothing of HTTP or of health.
 */
public final class RoundRobin implements AutoCloseable {
    private final int[] ports;
    private final ServerSocket listening;
    private final AtomicIntegerArray accepted;
    private final AtomicInteger refusals = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private RoundRobin(int[] ports) throws IOException {
        this.ports = ports;
        accepted = new AtomicIntegerArray(ports.length);
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    public static RoundRobin over(int... ports) throws IOException {
        return new RoundRobin(ports.clone());
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Connections that each port has taken so far, in the order given. */
    public List<Integer> accepted() {
        return IntStream.range(0, ports.length).mapToObj(accepted::get).toList();
    }

    /** Connections that were refused so far, and went on to the next port. */
    public int refusals() {
        return refusals.get();
    }

    private void accept() {
        for (int turn = 0; !listening.isClosed(); turn++) {
            try {
                Socket client = listening.accept();
                open.add(client);
                Socket server = connect(turn);
                open.add(server);
                run(() -> pump(client, server));
                run(() -> pump(server, client));
            } catch (IOException ended) {
                close();
            }
        }
    }

    private Socket connect(int turn) throws IOException {
        for (int i = 0; i < ports.length; i++) {
            int index = (turn + i) % ports.length;
            try {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports[index]);
                socket.setTcpNoDelay(true);
                accepted.incrementAndGet(index);
                return socket;
            } catch (IOException refused) {
                refusals.incrementAndGet();
            }
        }
        throw new IOException("all ports refuse");
    }

    private static void pump(Socket from, Socket to) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
            }
        } catch (IOException ended) {
            return; // one side has closed, and now both have
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "round-robin");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
