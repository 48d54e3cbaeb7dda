package dev.mehari.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.EditedRoutes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mehari routes check DIR}, which needs no gateway. */
class RoutesCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Mehari.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void the_routes_of_the_product_can_be_used() {
        assertThat(run("routes", "check", "routes")).as(err + "" + out).isZero();
        assertThat(out.toString()).contains("can be used");
    }

    @Test
    void what_is_wrong_is_named_with_its_line_and_ends_with_1() throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        Path admit = routes.folder().resolve("admit.camel.yaml");
        String good = Files.readString(admit);
        Files.writeString(admit, good.replace("ref: limitKey", "ref: limitKez"));
        Path forward = routes.folder().resolve("forward.camel.yaml");
        Files.writeString(
                forward,
                Files.readString(forward)
                        .replace(
                                "bridgeEndpoint: true",
                                "bridgeEndpoint: true\n                    ssl: maybe\n                    udpByteArrayCodec: true"));

        assertThat(run("routes", "check", routes.folder().toString())).isEqualTo(1);

        int line =
                (int) good.substring(0, good.indexOf("ref: limitKey")).lines().count();
        assertThat(out.toString())
                .contains("admit.camel.yaml:" + line + ": ", "limitKez")
                .contains("forward.camel.yaml:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:70000", "127.0.0.1:-1", "my_host:8080", "::1:8080"})
    void an_address_that_nothing_can_listen_on_is_named(String address) throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        Files.writeString(routes.folder().resolve("more.camel.yaml"), """
                - route:
                    id: more
                    from:
                      uri: netty-http:http://%s/more
                      steps:
                        - setBody:
                            constant: more
                """.formatted(address));

        assertThat(run("routes", "check", routes.folder().toString())).isEqualTo(1);

        assertThat(out.toString()).contains("more.camel.yaml:", "a port from 0 to 65535");
    }

    @Test
    void a_sink_of_the_audit_other_than_the_table_can_be_used() throws Exception {
        EditedRoutes routes = EditedRoutes.copy();
        Path audit = routes.folder().resolve("audit.camel.yaml");
        Files.writeString(audit, Files.readString(audit).replace("ref: eventColumns", "ref: eventLines"));

        assertThat(run("routes", "check", routes.folder().toString()))
                .as(err + "" + out)
                .isZero();
    }

    @Test
    void what_is_no_folder_is_wrong_use() {
        assertThat(run("routes", "check", "nowhere")).isEqualTo(2);
        assertThat(err.toString()).contains("nowhere");
    }
}
