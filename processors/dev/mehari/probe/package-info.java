/**
 * Whether upstreams work: asks them now and then, listens to how calls end, and marks as failed what does not work, durably
 * and for all instances, until it answers again. It decides what a right answer is and when an upstream is left alone, not
 * where calls go instead. Start reading at {@link dev.mehari.probe.UpstreamStates}.
 */
@NullMarked
package dev.mehari.probe;

import org.jspecify.annotations.NullMarked;
