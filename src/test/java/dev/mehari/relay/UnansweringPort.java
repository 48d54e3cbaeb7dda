package dev.mehari.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port whose backlog is full, so that connecting to it neither succeeds nor fails. */
final class UnansweringPort implements AutoCloseable {
    private final ServerSocket listening;
    private final List<Socket> filling = new ArrayList<>();

    private UnansweringPort() throws IOException {
        listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    static UnansweringPort open() throws IOException {
        UnansweringPort port = new UnansweringPort();
        for (int i = 0; i < 20; i++) {
            Socket socket = new Socket();
            port.filling.add(socket);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.port()), 200);
            } catch (SocketTimeoutException full) {
                return port;
            }
        }
        throw new IOException("the backlog does not fill");
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : filling) {
            socket.close();
        }
        listening.close();
    }
}
