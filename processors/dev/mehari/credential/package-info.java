/**
 * The pool of credentials with which Mehari authenticates itself at upstreams: which one a call takes, what is learnt from
 * each answer, who is left alone for how long, and how tokens are kept fresh. Taking one is a matter of microseconds and
 * waits for no database and for no other credential. What has to survive a restart or be known to other instances goes
 * through the stores, which storage implements. Start reading at {@link dev.mehari.credential.Credential} and
 * {@link dev.mehari.credential.Attempt}.
 */
@NullMarked
package dev.mehari.credential;

import org.jspecify.annotations.NullMarked;
