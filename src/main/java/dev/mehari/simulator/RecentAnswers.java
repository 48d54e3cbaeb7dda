package dev.mehari.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The last few whole answers and the requests they belong to: load tests send the same request over and over. An answer is
 * good for the second that it was made in, since it tells its time. Belongs to one event loop.
 */
final class RecentAnswers {
    private static final int MOST = 4;
    private static final int LARGEST_BODY = 64 * 1024;

    private final Deque<Entry> entries = new ArrayDeque<>(MOST);

    @Nullable
    WireReply find(Incoming request, long second) {
        for (Entry entry : entries) {
            if (entry.second == second
                    && entry.path.equals(request.path())
                    && entry.method.equals(request.method())
                    && ByteBufUtil.equals(entry.body, request.body())) {
                return entry.reply;
            }
        }
        return null;
    }

    void add(Incoming request, long second, WireReply reply) {
        if (request.body().readableBytes() > LARGEST_BODY) {
            return;
        }
        if (entries.size() == MOST) {
            entries.removeLast();
        }
        ByteBuf body = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(request.body()));
        entries.addFirst(new Entry(request.method(), request.path(), body, second, reply));
    }

    private record Entry(String method, String path, ByteBuf body, long second, WireReply reply) {}
}
