package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;

/** The state of the gateway, as {@code /proxy-metrics} shows it. */
@FunctionalInterface
public interface StateView {
    JsonNode now();
}
