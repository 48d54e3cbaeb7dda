package dev.mehari.simulator;

import dev.mehari.exchange.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A whole answer as bytes, head and body, that can be sent again under another id: the places of the id are known.
 * Making an answer costs some microseconds; sending a known one costs a copy.
 */
final class WireReply {
    private final byte[] bytes;
    private final int[] idPlaces;
    private final int status;
    private final int outputTokens;

    private WireReply(byte[] bytes, int[] idPlaces, int status, int outputTokens) {
        this.bytes = bytes;
        this.idPlaces = idPlaces;
        this.status = status;
        this.outputTokens = outputTokens;
    }

    static WireReply of(Reply.Whole reply, Incoming request, String id) {
        byte[] body = Json.bytes(reply.body());
        String head = head(reply.status(), request.dialect(), "application/json", reply.headers(), id)
                + (request.keepAlive()
                        ? (request.http11() ? "" : "connection: keep-alive\r\n")
                        : "connection: close\r\n")
                + "content-length: " + body.length + "\r\n\r\n";
        byte[] headBytes = head.getBytes(StandardCharsets.UTF_8);
        boolean bodiless = request.method().equals("HEAD");
        byte[] bytes = new byte[headBytes.length + (bodiless ? 0 : body.length)];
        System.arraycopy(headBytes, 0, bytes, 0, headBytes.length);
        System.arraycopy(body, 0, bytes, headBytes.length, bytes.length - headBytes.length);
        return new WireReply(bytes, places(bytes, id), reply.status(), reply.outputTokens());
    }

    /** Returns the status line and the headers that every answer has, without the empty line. */
    static String head(int status, Dialect dialect, String contentType, Map<String, String> headers, String id) {
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(HttpResponseStatus.valueOf(status).reasonPhrase())
                .append("\r\ncontent-type: ")
                .append(contentType)
                .append(dialect == Dialect.ANTHROPIC ? "\r\nrequest-id: req_" : "\r\nx-request-id: req_")
                .append(id)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.toString();
    }

    private static int[] places(byte[] bytes, String id) {
        ByteBuf haystack = Unpooled.wrappedBuffer(bytes);
        ByteBuf needle = Unpooled.copiedBuffer(id, StandardCharsets.US_ASCII);
        IntStream.Builder places = IntStream.builder();
        int at = 0;
        for (int found = find(needle, haystack, at); found >= 0; found = find(needle, haystack, at)) {
            places.add(found);
            at = found + id.length();
        }
        return places.build().toArray();
    }

    private static int find(ByteBuf needle, ByteBuf haystack, int from) {
        int found = ByteBufUtil.indexOf(needle, haystack.slice(from, haystack.readableBytes() - from));
        return found < 0 ? -1 : found + from;
    }

    int status() {
        return status;
    }

    int outputTokens() {
        return outputTokens;
    }

    ByteBuf toBuffer(ByteBufAllocator allocator, String id) {
        ByteBuf buffer = allocator.directBuffer(bytes.length).writeBytes(bytes);
        for (int place : idPlaces) {
            buffer.setCharSequence(place, id, StandardCharsets.US_ASCII);
        }
        return buffer;
    }
}
