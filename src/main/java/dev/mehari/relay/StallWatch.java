package dev.mehari.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Notices a client that takes nothing of its answer: such a one would hold its permit and its upstream for ever, since
 * an upstream that is held back cannot time out. Looks from time to time, so it costs a request nothing. Confined to the
 * channel's event loop.
 */
final class StallWatch {
    private long notTaken;
    private long movedNanos;

    /** True when bytes are waiting for the client, the same ones for longer than {@code limitNanos}. */
    boolean isStalled(Channel channel, long limitNanos, long nowNanos) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        long waiting = out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
        if (waiting <= 0 || waiting != notTaken) {
            notTaken = waiting;
            movedNanos = nowNanos;
            return false;
        }
        return nowNanos - movedNanos > limitNanos;
    }
}
