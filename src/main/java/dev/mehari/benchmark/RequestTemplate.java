package dev.mehari.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** The request to send, encoded once. Immutable. */
public final class RequestTemplate {
    private final URI url;
    private final String method;
    private final ByteBuf bytes;

    private RequestTemplate(URI url, String method, ByteBuf bytes) {
        this.url = url;
        this.method = method;
        this.bytes = bytes;
    }

    /**
     * Encodes a request.
     *
     * @param url {@code http} or {@code https}, with a host
     * @param headers headers beyond host, content length and user agent; a name given twice is sent once
     * @param body content, possibly empty
     * @throws IllegalArgumentException when the URL or a header cannot be sent
     */
    public static RequestTemplate of(URI url, String method, Map<String, String> headers, String body) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if ((!scheme.equals("http") && !scheme.equals("https")) || url.getHost() == null) {
            throw new IllegalArgumentException("--url must look like http://host:port/path, not '" + url + "'");
        }
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        StringBuilder head = new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(path)
                .append(url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                .append(" HTTP/1.1\r\nhost: ")
                .append(url.getRawAuthority())
                .append("\r\nuser-agent: mehari-benchmark\r\n");
        headers.forEach((name, value) -> head.append(line(name, value)));
        if (content.length > 0 || !method.equals("GET")) {
            head.append("content-length: ").append(content.length).append("\r\n");
        }
        // Freed with the template by the garbage collector, which a leak detector would report.
        ByteBuf bytes = new UnpooledByteBufAllocator(true, true).directBuffer();
        bytes.writeCharSequence(head.append("\r\n"), StandardCharsets.UTF_8);
        bytes.writeBytes(content);
        return new RequestTemplate(url, method, Unpooled.unreleasableBuffer(bytes.asReadOnly()));
    }

    private static String line(String name, String value) {
        if (name.isBlank() || (name + value).chars().anyMatch(c -> c == '\r' || c == '\n')) {
            throw new IllegalArgumentException("The header '" + name + "' cannot be sent");
        }
        return name + ": " + value + "\r\n";
    }

    URI url() {
        return url;
    }

    boolean isSecure() {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    int port() {
        if (url.getPort() > 0) {
            return url.getPort();
        }
        return isSecure() ? 443 : 80;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    ByteBuf bytes() {
        return bytes.duplicate();
    }
}
