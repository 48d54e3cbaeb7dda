/**
 * Whether upstreams work: asks them now and then, listens to how calls end, and marks as failed what does not work, durably
 * and for all instances, until it answers again.
 */
@NullMarked
package dev.mehari.probe;

import org.jspecify.annotations.NullMarked;
