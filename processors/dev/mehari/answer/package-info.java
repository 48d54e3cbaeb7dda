/**
 * The one place that turns failures into HTTP. {@link dev.mehari.answer.FailureTable} says which status, code and log level
 * a failure has; {@link dev.mehari.answer.FailureAnswers} writes it in the caller's dialect, as an answer of its own or,
 * once a stream has begun, as an event of that stream. Nothing here decides whether a request fails. What is written holds
 * the failure's own message and the request id, never a stack, host, statement or token. Start reading at the table.
 */
@NullMarked
package dev.mehari.answer;

import org.jspecify.annotations.NullMarked;
