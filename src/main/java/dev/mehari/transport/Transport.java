package dev.mehari.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** A family of channel classes and the event loops that go with them. */
public enum Transport {
    /** Linux' own readiness interface; fewer system calls and less garbage than NIO. */
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class, EpollDatagramChannel.class) {
        @Override
        public EventLoopGroup newLoops(int threads, String threadName) {
            return new EpollEventLoopGroup(threads, new DefaultThreadFactory(threadName, true));
        }
    },
    /** Works everywhere. */
    NIO(NioServerSocketChannel.class, NioSocketChannel.class, NioDatagramChannel.class) {
        @Override
        public EventLoopGroup newLoops(int threads, String threadName) {
            return new NioEventLoopGroup(threads, new DefaultThreadFactory(threadName, true));
        }
    };

    private final Class<? extends ServerSocketChannel> serverChannel;
    private final Class<? extends SocketChannel> clientChannel;
    private final Class<? extends DatagramChannel> datagramChannel;

    Transport(
            Class<? extends ServerSocketChannel> serverChannel,
            Class<? extends SocketChannel> clientChannel,
            Class<? extends DatagramChannel> datagramChannel) {
        this.serverChannel = serverChannel;
        this.clientChannel = clientChannel;
        this.datagramChannel = datagramChannel;
    }

    /** Returns the fastest transport that this machine can load. */
    public static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /** Starts a group of {@code threads} daemon event loops named after {@code threadName}; the caller shuts it down. */
    public abstract EventLoopGroup newLoops(int threads, String threadName);

    /** Returns the class of listening channels. */
    public Class<? extends ServerSocketChannel> serverChannel() {
        return serverChannel;
    }

    /** Returns the class of outgoing channels. */
    public Class<? extends SocketChannel> clientChannel() {
        return clientChannel;
    }

    /** Returns the class of channels on which names are looked up. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return datagramChannel;
    }
}
