package dev.mehari.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** A way to an upstream on which the first answer takes its time. */
final class SlowPipe implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final int target;
    private final Duration delay;

    private SlowPipe(int target, Duration delay) throws IOException {
        this.target = target;
        this.delay = delay;
        start(this::accept);
    }

    static SlowPipe to(int port, Duration delay) throws IOException {
        return new SlowPipe(port, delay);
    }

    private static void start(IoTask task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        Thread.currentThread().interrupt(); // one side has hung up; the thread ends
                    }
                },
                "slow-pipe");
        thread.setDaemon(true);
        thread.start();
    }

    private interface IoTask {
        void run() throws IOException;
    }

    private void accept() throws IOException {
        while (true) {
            Socket near = listening.accept();
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(near);
            sockets.add(far);
            start(() -> copy(near.getInputStream(), far.getOutputStream(), Duration.ZERO));
            start(() -> copy(far.getInputStream(), near.getOutputStream(), delay));
        }
    }

    private static void copy(InputStream from, OutputStream to, Duration firstDelay) throws IOException {
        byte[] bytes = new byte[65_536];
        boolean first = true;
        for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
            if (first) {
                LockSupport.parkNanos(firstDelay.toNanos());
                first = false;
            }
            to.write(bytes, 0, n);
            to.flush();
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
