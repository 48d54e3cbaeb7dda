package dev.mehari.routes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.app.Gateway;
import dev.mehari.config.Configuration;
import dev.mehari.config.Layer;
import dev.mehari.config.Settings;
import dev.mehari.testing.TestDatabase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes as a started gateway has them, with the beans that it binds. */
class AllRoutesLoadIT {
    private static final TestDatabase DATABASE = TestDatabase.create();

    @TempDir
    private Path folder;

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void runs_every_route_of_the_folder() throws Exception {
        try (Gateway gateway = start(RouteFiles.FOLDER, "0")) {
            assertThat(gateway.port()).isPositive();
            assertThat(running()).isEqualTo(RouteFiles.ids());
        }
    }

    @Test
    void runs_the_packaged_routes_where_there_is_no_folder() throws Exception {
        try (Gateway gateway = start(null, "0")) {
            assertThat(gateway.port()).isPositive();
            assertThat(running()).isEqualTo(RouteFiles.ids());
        }
    }

    @Test
    void refuses_to_start_with_a_name_that_is_not_bound() throws IOException {
        for (Path file : RouteFiles.all()) {
            String text = Files.readString(file, UTF_8).replace("ref: chooseUpstream", "ref: chooseUpstraem");
            Files.writeString(folder.resolve(file.getFileName()), text, UTF_8);
        }

        assertThatThrownBy(() -> start(folder, "0"))
                .hasStackTraceContaining("No bean could be found in the registry for: chooseUpstraem");
    }

    @Test
    void refuses_to_start_where_the_management_port_is_taken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());

            assertThatThrownBy(() -> start(RouteFiles.FOLDER, port))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("Cannot listen on 127.0.0.1:" + port)
                    .hasMessageEndingWith("choose another with --admin-port");
        }
    }

    private static Gateway start(@Nullable Path routes, String adminPort) throws Exception {
        Configuration configuration = Configuration.from(Settings.of(Layer.flags(Map.of(
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--admin-port",
                adminPort,
                "--data-dir",
                DATABASE.config().dir().toString(),
                "--db-url",
                DATABASE.url()))));
        return Gateway.start(new Gateway.Options(configuration, routes, null));
    }

    private static Set<String> running() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("org.apache.camel:type=routes,*"), null)
                .stream()
                .map(name -> ObjectName.unquote(name.getKeyProperty("name")))
                .collect(Collectors.toSet());
    }
}
