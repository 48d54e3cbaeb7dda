/**
 * What travels with a request: the {@link dev.mehari.exchange.Call} it belongs to, the {@link dev.mehari.exchange.Dialect}
 * it is spoken in, the live {@link dev.mehari.exchange.StreamBody} of an answer, and the names of the exchange properties
 * that routes and processors share. It decides nothing. Start reading at {@link dev.mehari.exchange.Call}.
 */
@NullMarked
package dev.mehari.exchange;

import org.jspecify.annotations.NullMarked;
