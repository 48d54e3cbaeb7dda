/**
 * Everything that can go wrong with a request, as types: whose fault it is and whether trying again may help. Nothing
 * here knows an HTTP status; {@code dev.mehari.answer} turns a failure into an answer. Start reading at
 * {@link dev.mehari.failure.MehariFailure}. Beside them stands {@link dev.mehari.failure.InvalidField}, what is wrong with what an
 * operator sent.
 */
@NullMarked
package dev.mehari.failure;

import org.jspecify.annotations.NullMarked;
