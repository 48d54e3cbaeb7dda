/**
 * The proof that the audit is whole: what an export of it holds, and how that is checked without a gateway or a database. An
 * export is a stream of lines, chain after chain, each in the order of its events. Start reading at
 * {@link dev.mehari.audit.proof.Verifier}; how one chain is followed is in {@code ChainWalk}.
 */
@NullMarked
package dev.mehari.audit.proof;

import org.jspecify.annotations.NullMarked;
