package dev.mehari.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the routes are.
 *
 * @param dir folder with the {@code *.camel.yaml} files; null for those beside the launcher, else the packaged ones
 */
public record RoutesConfig(@Nullable Path dir) {
    public static RoutesConfig from(Settings settings) {
        String text = settings.optionalText(
                "mehari.routes.dir",
                "folder with the routes; none takes those beside the launcher, else the packaged ones");
        try {
            return new RoutesConfig(text == null ? null : Path.of(text));
        } catch (InvalidPathException notOne) {
            settings.problem("mehari.routes.dir is not a path: " + notOne.getReason());
            return new RoutesConfig(null);
        }
    }
}
