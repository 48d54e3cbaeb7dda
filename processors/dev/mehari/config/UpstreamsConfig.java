package dev.mehari.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where upstreams are declared.
 *
 * @param file applied at every start; null for none
 */
public record UpstreamsConfig(@Nullable Path file) {
    public static UpstreamsConfig from(Settings settings) {
        String file = settings.optionalText(
                "mehari.upstreams.yaml", "file that declares upstreams and credentials, applied at start");
        return new UpstreamsConfig(file == null ? null : Path.of(file));
    }
}
