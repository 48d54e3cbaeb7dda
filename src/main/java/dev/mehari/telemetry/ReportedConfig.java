package dev.mehari.telemetry;

import java.time.Duration;

/**
 * The part of the configuration that {@code /proxy-health} shows.
 *
 * @param target base URLs of the upstreams, without credentials
 * @param connectTimeout shown in seconds
 * @param readTimeout shown in seconds
 */
public record ReportedConfig(String target, Duration connectTimeout, Duration readTimeout) {}
