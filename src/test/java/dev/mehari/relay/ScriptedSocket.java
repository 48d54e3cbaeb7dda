package dev.mehari.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream that answers as soon as it sees the beginning of a request, and then reads the rest of it slowly away. */
final class ScriptedSocket implements AutoCloseable {
    private final ServerSocket listening;
    private final Thread thread;
    private final AtomicInteger hangUps = new AtomicInteger();

    private ScriptedSocket(String answer) throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread = new Thread(() -> serve(answer), "scripted-socket");
        thread.setDaemon(true);
        thread.start();
    }

    static ScriptedSocket answeringAtOnce(String answer) throws IOException {
        return new ScriptedSocket(answer);
    }

    private void serve(String answer) {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                byte[] some = new byte[65_536];
                int read = socket.getInputStream().read(some);
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                while (read >= 0) {
                    read = socket.getInputStream().read(some);
                }
            } catch (IOException e) {
                hangUps.incrementAndGet(); // the relay hung up, or this is the end
            }
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
