/**
 * Decides which upstreams a request can go to, in which order, and what of the request may go there: the caller's credentials
 * never do, ours does. Upstreams are configured or stored; {@link dev.mehari.upstream.Upstreams} holds those of the moment,
 * and {@link dev.mehari.upstream.UpstreamRegistry} is how operators change what is stored. It opens no connection and knows
 * nothing of retries; the relay reads the chosen {@link dev.mehari.upstream.Upstream} and connects. Start reading at
 * {@link dev.mehari.upstream.ChooseUpstream}.
 */
@NullMarked
package dev.mehari.upstream;

import org.jspecify.annotations.NullMarked;
