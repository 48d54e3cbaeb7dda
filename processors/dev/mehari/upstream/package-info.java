/**
 * Decides which upstream a request goes to and what of the request may go there: the caller's credentials never do, the
 * upstream's own does. It opens no connection and knows nothing of retries; the relay reads the chosen
 * {@link dev.mehari.upstream.Upstream} and connects. Start reading at {@link dev.mehari.upstream.Upstreams}.
 */
@NullMarked
package dev.mehari.upstream;

import org.jspecify.annotations.NullMarked;
