package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.routes.Reload.Outcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a folder, when the options change with which they are taken from there. */
class ReplacedConsumersTest extends LiveRoutesFixture {
    @TempDir
    Path files;

    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    @Override
    Duration patience() {
        return Duration.ofSeconds(2);
    }

    @BeforeEach
    void takeFiles() throws Exception {
        context.getRegistry().bind("done", (Processor)
                exchange -> done.add(exchange.getMessage().getHeader(Exchange.FILE_NAME, String.class)));
        takeEvery(10);
        assertThat(live.reload().problems()).isEmpty();
    }

    private void takeEvery(int millis) throws Exception {
        write("files", """
                - route:
                    id: files
                    from:
                      uri: file:%s
                      parameters:
                        initialDelay: 0
                        delay: %d
                      steps:
                        - convertBodyTo: {type: String}
                        - process: {ref: hold}
                        - process: {ref: done}
                """.formatted(files, millis));
    }

    private void put(String name, String text) throws Exception {
        Path written = Files.writeString(folder.resolve(name), text);
        Files.move(written, files.resolve(name));
    }

    @Test
    void each_file_is_worked_on_once() throws Exception {
        put("slow", "hold");
        Runnable goOn = held.poll(10, TimeUnit.SECONDS);
        takeEvery(20);

        Reload tooEarly = live.reload();
        goOn.run();
        Reload later = live.reload();
        put("next", "now");

        assertThat(tooEarly.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(tooEarly.problems().toString()).contains("files.camel.yaml:2: files: file:", "still at work");
        assertThat(later.outcome()).as(later.toString()).isEqualTo(Outcome.SWAPPED);
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("slow");
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("next");
        assertThat(held).isEmpty();
    }

    @Test
    void files_are_taken_as_before_when_the_change_is_refused() throws Exception {
        takeEvery(20);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write("more", """
                    - route:
                        id: more
                        from:
                          uri: netty:tcp://127.0.0.1:%d?sync=false
                          steps:
                            - to: direct:answer
                    """.formatted(taken.getLocalPort()));
            assertThat(live.reload().outcome()).isEqualTo(Outcome.REFUSED);
        }

        put("next", "now");

        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("next");
    }
}
