/**
 * Which socket implementation Netty uses in this process: epoll where its native library loads, NIO elsewhere. It decides
 * nothing about protocols. Shared by the relay, the simulated upstream and the load generator; start at
 * {@link dev.mehari.transport.Transport}.
 */
@NullMarked
package dev.mehari.transport;

import org.jspecify.annotations.NullMarked;
