package dev.mehari.routes;

/**
 * A file with routes as it was read.
 *
 * @param name without its folder, such as {@code admit.camel.yaml}
 */
record RouteFile(String name, String text) {}
