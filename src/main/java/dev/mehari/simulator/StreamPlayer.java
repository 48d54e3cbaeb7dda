package dev.mehari.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of one stream on their schedule, each as a chunk of its own, no faster than the client reads. The n-th
 * token is due n intervals after the first, so that a late event does not delay later ones. One event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that cancels the player
final class StreamPlayer {
    private static final int BATCH_BYTES = 16 * 1024;

    private final ChannelHandlerContext ctx;
    private final EventScript script;
    private final RequestControls controls;
    private final boolean chunked;
    private final LongSupplier nanos;
    private final Ending ending;
    private final long tokenNanos;
    private final long startNanos;
    private int next;
    private @Nullable Future<?> timer;

    /** How a stream ended, told once and never after {@link #cancel()}. */
    interface Ending {
        /** Everything was handed to the socket. */
        void complete();

        /** The request asked for a broken stream, and now the connection is to be reset. */
        void cut();
    }

    StreamPlayer(
            ChannelHandlerContext ctx,
            EventScript script,
            RequestControls controls,
            boolean chunked,
            LongSupplier nanos,
            Ending ending) {
        this.ctx = ctx;
        this.script = script;
        this.controls = controls;
        this.chunked = chunked;
        this.nanos = nanos;
        this.ending = ending;
        tokenNanos = controls.pace().tokenNanos();
        startNanos = nanos.getAsLong();
    }

    /** Sends what is due and can be sent; called again when the client has made room. */
    void play() {
        if (timer != null) {
            return;
        }
        ByteBuf batch = ctx.alloc().directBuffer(512);
        while (next < script.size()) {
            if (next >= controls.cutAfter()) {
                ctx.writeAndFlush(batch);
                ending.cut();
                return;
            }
            if (next >= controls.errorAfter()) {
                put(batch, script.error(next));
                break;
            }
            long wait = untilDue();
            if (wait > 0) {
                ctx.writeAndFlush(batch);
                timer = ctx.executor().schedule(this::playOn, wait, TimeUnit.NANOSECONDS);
                return;
            }
            put(batch, script.event(next++));
            if (batch.readableBytes() >= BATCH_BYTES) {
                ctx.writeAndFlush(batch);
                if (!ctx.channel().isWritable()) {
                    return;
                }
                batch = ctx.alloc().directBuffer(BATCH_BYTES);
            }
        }
        if (chunked) {
            ByteBufUtil.writeAscii(batch, "0\r\n\r\n");
        }
        ctx.writeAndFlush(batch);
        ending.complete();
    }

    private void playOn() {
        timer = null;
        if (ctx.channel().isWritable()) {
            play();
        }
    }

    void cancel() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private long untilDue() {
        if (tokenNanos == 0 || !script.isPaced(next)) {
            return 0;
        }
        return startNanos + (next - script.prologue()) * tokenNanos - nanos.getAsLong();
    }

    private void put(ByteBuf batch, String event) {
        byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
        if (chunked) {
            ByteBufUtil.writeAscii(batch, Integer.toHexString(bytes.length));
            ByteBufUtil.writeShortBE(batch, 0x0D0A);
        }
        batch.writeBytes(bytes);
        if (chunked) {
            ByteBufUtil.writeShortBE(batch, 0x0D0A);
        }
    }
}
