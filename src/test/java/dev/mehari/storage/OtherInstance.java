package dev.mehari.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Another process that holds a data folder with a running embedded database, to be killed. */
final class OtherInstance {
    private final Process process;

    private OtherInstance(Process process) {
        this.process = process;
    }

    /** Returns once its database is up and holds a table {@code kept}. */
    static OtherInstance on(Path folder) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherInstance.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals("up")) {
                return new OtherInstance(process);
            }
        }
        throw new IllegalStateException("the other instance did not start");
    }

    /** As {@code kill -9} does it: nothing of it is cleaned up. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    long pid() {
        return process.pid();
    }

    public static void main(String[] arguments) throws Exception {
        DataFolder folder = DataFolder.take(Path.of(arguments[0]));
        EmbeddedServer server = EmbeddedServer.start(folder, new SecureRandom());
        try (Connection connection = server.address().connect("other", Duration.ofSeconds(5))) {
            connection.createStatement().execute("create table kept as select 1 as one");
        }
        System.out.println("up");
        new CountDownLatch(1).await();
    }
}
