package dev.mehari.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The two lists that operators read say what the code does. */
class ConfigurationDocumentsTest {
    @Test
    void the_properties_file_lists_every_key_with_its_default() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("config/application.properties"));
        List<String> listed = lines.stream()
                .filter(line -> line.startsWith("#mehari.") || line.startsWith("mehari."))
                .toList();

        assertThat(listed)
                .containsExactlyElementsOf(declared().stream()
                        .map(setting -> "#" + setting.key() + "=" + setting.defaultText())
                        .toList());
        for (Settings.Setting setting : declared()) {
            int at = lines.indexOf("#" + setting.key() + "=" + setting.defaultText());
            assertThat(lines.get(at - 1)).as(setting.key()).isEqualTo("# " + sentence(setting));
        }
    }

    @Test
    void the_packaged_file_changes_nothing() {
        assertThat(Configuration.from(Settings.of(Layer.file(Path.of("config/application.properties")))))
                .isEqualTo(Configuration.from(Settings.of()));
    }

    @Test
    void the_table_lists_every_key_with_flag_variable_default_and_meaning() throws Exception {
        List<String> rows = Files.readAllLines(Path.of("docs/configuration.md")).stream()
                .filter(line -> line.contains("| `MEHARI_"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(
                        declared().stream().map(ConfigurationDocumentsTest::row).toList());
    }

    private static String row(Settings.Setting setting) {
        RunFlag flag = RunFlag.byKey(setting.key());
        return "| " + (flag == null ? "" : "`" + flag.flag() + "`") + " | `" + setting.key() + "` | `"
                + Layer.variable(setting.key()) + "` | `" + setting.defaultText() + "` | " + sentence(setting) + " |";
    }

    private static String sentence(Settings.Setting setting) {
        String text = setting.description();
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static List<Settings.Setting> declared() {
        Settings settings = Settings.of();
        Configuration.from(settings);
        return settings.declared();
    }
}
