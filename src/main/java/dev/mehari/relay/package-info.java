/**
 * The {@code netty-http} component as Mehari serves it: standard endpoint syntax, but answers are relayed chunk by chunk
 * with back-pressure, requests of one connection are answered in order, a client that leaves ends its upstream call,
 * and upstream connections are pooled on the event loop of the client they serve, so a request never changes thread.
 *
 * <p>It moves bytes and knows HTTP; who may call, where to and in which dialect is decided by routes and features.
 * Start reading at {@link dev.mehari.relay.RelayHttpComponent}, then {@link dev.mehari.relay.ServerConnection} for the
 * client's side and {@link dev.mehari.relay.UpstreamConnection} for the upstream's.
 */
@NullMarked
package dev.mehari.relay;

import org.jspecify.annotations.NullMarked;
