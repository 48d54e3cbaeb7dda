package dev.mehari.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileVariablesTest {
    @TempDir
    private Path folder;

    @Test
    void a_file_gives_the_value_without_its_last_line_break() throws Exception {
        Configuration configuration = read(Map.of(
                "MEHARI_DB_PASSWORD_FILE", file("hunter2\n"),
                "MEHARI_LISTEN_PORT_FILE", file("81\r\n"),
                "OPENAI_API_KEY_FILE", file("sk-1"),
                "MEHARI_ANTHROPIC_API_KEY_FILE", file("sk-2"),
                "ANTHROPIC_API_KEY", "sk-3"));

        assertThat(configuration.data().password()).isEqualTo(new Secret("hunter2"));
        assertThat(configuration.listen().port()).isEqualTo(81);
        assertThat(configuration.target().openaiKey()).isEqualTo(new Secret("sk-1"));
        assertThat(configuration.target().anthropicKey()).isEqualTo(new Secret("sk-2"));
    }

    @Test
    void an_empty_file_and_a_blank_name_count_as_not_given() throws Exception {
        assertThat(read(Map.of("MEHARI_DB_PASSWORD_FILE", file("\n"), "OPENAI_API_KEY_FILE", " ")))
                .isEqualTo(read(Map.of()));
    }

    @Test
    void a_value_given_twice_is_a_problem() throws Exception {
        assertThat(problems(Map.of("MEHARI_DB_PASSWORD", "a", "MEHARI_DB_PASSWORD_FILE", file("b"))))
                .containsExactly("MEHARI_DB_PASSWORD and MEHARI_DB_PASSWORD_FILE are both given: keep one of them");
    }

    @Test
    void a_file_that_cannot_be_taken_is_a_problem_that_shows_neither_name_nor_content() throws Exception {
        for (String name : List.of(
                folder.resolve("hunter2").toString(), folder.toString(), "hunter2\0", file("hunter2".repeat(10_000)))) {
            assertThat(problems(Map.of("MEHARI_INITIAL_KEY_FILE", name)))
                    .containsExactly("MEHARI_INITIAL_KEY_FILE names no file that can be read: give the path of a "
                            + "readable file in UTF-8, at most 64 KiB, that holds the value of MEHARI_INITIAL_KEY");
        }
        Path noText = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, 1});
        assertThat(problems(Map.of("MEHARI_DB_PASSWORD_FILE", noText.toString())))
                .hasSize(1);
    }

    @Test
    void a_file_for_what_is_no_setting_is_a_stranger() throws Exception {
        assertThat(problems(Map.of("MEHARI_DB_PASSWRD_FILE", file("x"), "MEHARI_CONFIG_FILE", file("y"))))
                .contains(
                        "MEHARI_DB_PASSWRD_FILE (environment) is not a setting: did you mean MEHARI_DB_PASSWORD_FILE?")
                .anyMatch(problem -> problem.startsWith("MEHARI_CONFIG_FILE (environment) is not a setting"))
                .hasSize(2);
    }

    @Test
    void shows_nothing_that_stood_in_a_file() throws Exception {
        assertThat(problems(Map.of("MEHARI_LISTEN_PORT_FILE", file("hunter2"))))
                .containsExactly("MEHARI_LISTEN_PORT_FILE: \"***\": write a whole number from 0 to 65535");
        Settings settings = Settings.of(Layer.environment(
                Map.of("MEHARI_DB_USER_FILE", file("hunter2"), "MEHARI_DB_PASSWORD_FILE", file("hunter2"))));
        Configuration.from(settings);

        assertThat(settings.changed()).containsExactly("mehari.db.user=***", "mehari.db.password=***");
        assertThat(FileVariables.read(Map.of("A_FILE", file("hunter2")), name -> true))
                .asString()
                .doesNotContain("hunter2");
    }

    @Test
    void gives_one_variable_to_those_that_read_no_settings() throws Exception {
        String name = "MEHARI_ADMIN_TOKEN";

        assertThat(FileVariables.value(Map.of(name + "_FILE", file(" t \n")), name))
                .isEqualTo("t");
        assertThat(FileVariables.value(Map.of(name, "t"), name)).isEqualTo("t");
        assertThat(FileVariables.value(Map.of(name, " "), name)).isNull();
        assertThat(catchThrowableOfType(
                                ConfigurationException.class,
                                () -> FileVariables.value(Map.of(name, "t", name + "_FILE", file("u")), name))
                        .problems())
                .hasSize(1);
    }

    private String file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "value", ""), content)
                .toString();
    }

    private static Configuration read(Map<String, String> environment) {
        return Configuration.from(Settings.of(Layer.environment(environment)));
    }

    private static List<String> problems(Map<String, String> environment) {
        return catchThrowableOfType(ConfigurationException.class, () -> read(environment))
                .problems();
    }
}
