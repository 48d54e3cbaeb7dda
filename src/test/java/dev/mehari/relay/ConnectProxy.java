package dev.mehari.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP forward proxy that knows CONNECT only. */
final class ConnectProxy implements AutoCloseable {
    private enum Way {
        TUNNEL,
        REFUSE,
        SAY_NOTHING
    }

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Way way;

    private final int target;

    private ConnectProxy(Way way, int target) throws IOException {
        this.way = way;
        this.target = target;
        start(() -> {
            while (true) {
                Socket client = listening.accept();
                sockets.add(client);
                start(() -> serve(client));
            }
        });
    }

    static ConnectProxy open() throws IOException {
        return new ConnectProxy(Way.TUNNEL, 0);
    }

    /** Tunnels to a port of this machine, whatever it is asked for. */
    static ConnectProxy alwaysTo(int port) throws IOException {
        return new ConnectProxy(Way.TUNNEL, port);
    }

    static ConnectProxy refusing() throws IOException {
        return new ConnectProxy(Way.REFUSE, 0);
    }

    static ConnectProxy silent() throws IOException {
        return new ConnectProxy(Way.SAY_NOTHING, 0);
    }

    private interface IoTask {
        void run() throws IOException;
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
                "connect-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
        String first = head.substring(0, head.indexOf("\r\n"));
        asked.add(first);
        switch (way) {
            case REFUSE -> say(client, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            case TUNNEL -> {
                String[] named = first.split(" ")[1].split(":");
                Socket upstream = target == 0
                        ? new Socket(named[0], Integer.parseInt(named[1]))
                        : new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(upstream);
                say(client, "HTTP/1.1 200 Connection established\r\n\r\n");
                start(() -> copy(upstream.getInputStream(), client.getOutputStream()));
                copy(client.getInputStream(), upstream.getOutputStream());
            }
            case SAY_NOTHING -> {}
        }
    }

    private static void say(Socket client, String answer) throws IOException {
        client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().flush();
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] bytes = new byte[65_536];
        for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
            to.write(bytes, 0, n);
            to.flush();
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Request lines, in order. */
    List<String> asked() {
        return asked;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
