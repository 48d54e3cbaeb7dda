/**
 * A simulated LLM API on a port: OpenAI chat completions, Responses, embeddings and models, Anthropic messages and
 * count_tokens, whole and streaming, with usage numbers, latency, failures and rate limits that settings or {@code X-Sim-*}
 * request headers choose. It is what one develops and measures the gateway against; it calls no model and keeps no text.
 * Everything runs on its own event loops. Start reading at {@link dev.mehari.simulator.SimulatedUpstream}, then
 * {@code SimulatorConnection} for the life of a request and {@code Endpoint} for the APIs.
 */
@NullMarked
package dev.mehari.simulator;

import org.jspecify.annotations.NullMarked;
