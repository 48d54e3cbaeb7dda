package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The names that routes use, against the list of them in {@code docs/routes.md}. */
class BoundNamesTest {
    private static final Pattern COMMENT = Pattern.compile("(?m)^ *#.*$");
    private static final Pattern USED = Pattern.compile("\\b(?:ref|\\w+Ref|expression): (\\w+)$|#(\\w+)");
    private static final Pattern LISTED = Pattern.compile("`(\\w+)`");

    @Test
    void each_name_that_a_route_uses_is_explained() throws Exception {
        Set<String> used = new TreeSet<>();
        for (Path file : RouteFiles.all()) {
            for (String line : COMMENT.matcher(Files.readString(file))
                    .replaceAll("")
                    .lines()
                    .toList()) {
                Matcher name = USED.matcher(line);
                while (name.find()) {
                    used.add(name.group(1) == null ? name.group(2) : name.group(1));
                }
            }
        }
        Set<String> listed = new TreeSet<>();
        Matcher name = LISTED.matcher(Files.readString(Path.of("docs/routes.md")));
        while (name.find()) {
            listed.add(name.group(1));
        }

        assertThat(used).contains("countCall", "callAudit", "rateLimit", "showMonitor", "tryAgain");
        assertThat(listed).containsAll(used);
    }
}
