package dev.mehari.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One TCP connection on which a test says exactly what it wants and reads exactly what comes. */
public final class RawClient implements AutoCloseable {
    /** A whole answer. {@code headers} have lower-case names; repeated ones are joined by a comma. */
    public record Answer(int status, Map<String, String> headers, String body, boolean cleanEnd) {}

    private final Socket socket = new Socket();
    private final InputStream in;

    private RawClient(int port, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawClient connect(int port) throws IOException {
        return new RawClient(port, 0);
    }

    /** A client that takes in little before it reads. */
    public static RawClient connectSlow(int port, int receiveBuffer) throws IOException {
        return new RawClient(port, receiveBuffer);
    }

    public RawClient timeout(Duration limit) throws IOException {
        socket.setSoTimeout((int) limit.toMillis());
        return this;
    }

    public RawClient send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    public RawClient get(String path, String... headers) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + lines(headers) + "\r\n");
    }

    public RawClient post(String path, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        send("POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: "
                + bytes.length + "\r\n" + lines(headers) + "\r\n");
        socket.getOutputStream().write(bytes);
        return this;
    }

    private static String lines(String... headers) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            lines.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        return lines.toString();
    }

    /** Reads up to and including {@code text}; fails when the connection ends first. */
    public String readUntil(String text) throws IOException {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        while (!got.toString(StandardCharsets.UTF_8).endsWith(text)) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("no '" + text + "' in: " + got.toString(StandardCharsets.UTF_8));
            }
            got.write(next);
        }
        return got.toString(StandardCharsets.UTF_8);
    }

    /** Everything up to the end of the connection. */
    public String readAll() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** True when the other side has closed; waits for it. */
    public boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    /** True when something has come that nobody has read; never waits. */
    public boolean hasMore() throws IOException {
        return socket.getInputStream().available() > 0;
    }

    public int readSome(byte[] into) throws IOException {
        return in.read(into);
    }

    /** Reads one answer to its end; {@code cleanEnd} is false when its framing was cut off. */
    public Answer answer() throws IOException {
        return answer(false);
    }

    /** Like {@link #answer()}, for a request whose answer has no body. */
    public Answer answerWithoutBody() throws IOException {
        return answer(true);
    }

    private Answer answer(boolean bodiless) throws IOException {
        String[] lines = readUntil("\r\n\r\n").split("\r\n");
        int status = Integer.parseInt(lines[0].split(" ")[1]);
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.merge(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip(),
                    (a, b) -> a + ", " + b);
        }
        if (bodiless || status == 204 || status == 304 || status / 100 == 1) {
            return new Answer(status, headers, "", true);
        }
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            return chunked(status, headers);
        }
        String length = headers.get("content-length");
        if (length == null) {
            return new Answer(status, headers, readAll(), true);
        }
        byte[] body = readAtMost(Integer.parseInt(length));
        return new Answer(
                status, headers, new String(body, StandardCharsets.UTF_8), body.length == Integer.parseInt(length));
    }

    private byte[] readAtMost(int length) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] some = new byte[Math.min(length, 8192)];
        try {
            while (body.size() < length) {
                int read = in.read(some, 0, Math.min(some.length, length - body.size()));
                if (read < 0) {
                    break;
                }
                body.write(some, 0, read);
            }
        } catch (java.net.SocketException reset) {
            return body.toByteArray(); // what came before it
        }
        return body.toByteArray();
    }

    private Answer chunked(int status, Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            while (true) {
                int size = Integer.parseInt(readUntil("\r\n").strip(), 16);
                if (size == 0) {
                    for (String line = readUntil("\r\n"); !line.equals("\r\n"); line = readUntil("\r\n")) {
                        headers.put(
                                "trailer:"
                                        + line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
                                line.substring(line.indexOf(':') + 1).strip());
                    }
                    return new Answer(status, headers, body.toString(StandardCharsets.UTF_8), true);
                }
                body.write(in.readNBytes(size));
                readUntil("\r\n");
            }
        } catch (EOFException | java.net.SocketException cut) {
            return new Answer(status, headers, body.toString(StandardCharsets.UTF_8), false);
        }
    }

    /** Closes with a reset, as a client does that was killed. */
    public void kill() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
