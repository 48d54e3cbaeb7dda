/**
 * Small requests of Mehari's own to upstreams, beside the calls that it relays: with the JDK's HTTP client, on the thread of
 * whoever asks. Start reading at {@link dev.mehari.probing.AskWithCredential}.
 */
@NullMarked
package dev.mehari.probing;

import org.jspecify.annotations.NullMarked;
