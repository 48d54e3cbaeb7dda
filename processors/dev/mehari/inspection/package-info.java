/**
 * Decides what a request asks for before anything is spent on it: which endpoint and dialect, which model, a stream or not,
 * how long its client waits. It reads the body once, changes nothing, and refuses what could not be forwarded anyway. It
 * does not decide who may call or where the call goes. Start reading at {@link dev.mehari.inspection.InspectRequest}.
 */
@NullMarked
package dev.mehari.inspection;

import org.jspecify.annotations.NullMarked;
