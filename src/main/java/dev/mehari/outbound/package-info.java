/**
 * The few HTTP calls that Mehari makes on its own account: for new tokens, to ask upstreams whether they work,
 * and whether they take a credential. Calls are
 * asynchronous, bounded in time and in the size of their answers, and follow no redirects. What to ask and what an answer
 * means is decided by the features, whose interfaces are implemented here. Start reading at
 * {@link dev.mehari.outbound.OutboundHttp}.
 */
@NullMarked
package dev.mehari.outbound;

import org.jspecify.annotations.NullMarked;
