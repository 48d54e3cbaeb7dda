package dev.mehari.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the routes are.
 *
 * @param dir folder with the {@code *.camel.yaml} files; null for those beside the launcher, else the packaged ones
 * @param reload whether changes in the folder are put in force as they are made; otherwise only when an operator asks
 */
public record RoutesConfig(@Nullable Path dir, boolean reload) {
    public static RoutesConfig from(Settings settings) {
        String text = settings.optionalText(
                "mehari.routes.dir",
                "folder with the routes; none takes those beside the launcher, else the packaged ones");
        boolean reload = settings.flag(
                "mehari.routes.reload",
                true,
                "Whether changed files with routes are put in force by themselves; `mehari routes reload` does it otherwise");
        try {
            return new RoutesConfig(text == null ? null : Path.of(text), reload);
        } catch (InvalidPathException notOne) {
            settings.problem("mehari.routes.dir is not a path: " + notOne.getReason());
            return new RoutesConfig(null, reload);
        }
    }
}
