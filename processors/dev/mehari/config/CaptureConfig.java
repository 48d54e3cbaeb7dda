package dev.mehari.config;

import java.time.Duration;

/**
 * What is kept of the bodies of calls whose key says so.
 *
 * @param maxBody of each body, at most; the rest is cut
 * @param memory that bodies take until they are written, at most
 * @param keep at least so long; days go as a whole
 * @param maxSize of bodies in the database; beyond it the oldest days go
 */
public record CaptureConfig(ByteSize maxBody, ByteSize memory, Duration keep, ByteSize maxSize) {
    public static CaptureConfig from(Settings settings) {
        return new CaptureConfig(
                settings.size(
                        "mehari.capture.max-body",
                        "256KiB",
                        1,
                        16 << 20,
                        "most that is kept of a captured request or answer; the rest is cut"),
                settings.size(
                        "mehari.capture.memory",
                        "64MiB",
                        1 << 10,
                        1L << 40,
                        "most memory for captured bodies until they are written; beyond it they are dropped"),
                settings.duration(
                        "mehari.capture.keep",
                        "7d",
                        Duration.ofDays(1),
                        "how long captured bodies are kept; days go as a whole"),
                settings.size(
                        "mehari.capture.max-size",
                        "10GiB",
                        1 << 20,
                        Long.MAX_VALUE,
                        "most that captured bodies may take in the database; beyond it the oldest days go"));
    }
}
