package dev.mehari.capture;

/**
 * Who reads what is kept.
 *
 * @param by how it has shown that it may: {@code token} or {@code password}
 * @param client the network that it asks from
 */
public record CaptureReader(String by, String client) {}
