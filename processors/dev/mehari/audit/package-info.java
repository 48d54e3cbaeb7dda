/**
 * What happened: one event for each call, refusals included, and the proof that none is missing or changed. An event is
 * made when its call has ended, and holds who called, what was asked of whom, how it went and what it used; never a prompt,
 * an answer or a secret. The events of one start of an instance form a chain of hashes, whose head is signed as it grows.
 */
@NullMarked
package dev.mehari.audit;

import org.jspecify.annotations.NullMarked;
