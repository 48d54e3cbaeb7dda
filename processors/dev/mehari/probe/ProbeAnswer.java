package dev.mehari.probe;

/**
 * What an upstream answered.
 *
 * @param body whole, at most 64 KiB; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, only read
public record ProbeAnswer(int status, byte[] body) {}
