package dev.mehari.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Attributes.LocalFlag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a terminal that understands ANSI commands. */
class TerminalMonitorTest {
    private static final Map<String, String> UNICODE = Map.of("LANG", "C.UTF-8");

    private final AtomicReference<JsonNode> answer =
            new AtomicReference<>(Readings.busy().json());
    private VirtualTerminal virtual;
    private CompletableFuture<Integer> running;

    @BeforeEach
    void open() throws IOException {
        virtual = new VirtualTerminal(80, 24);
    }

    @AfterEach
    void close() throws Exception {
        virtual.type("q");
        if (running != null) {
            assertThat(running.get()).isZero();
        }
        virtual.close();
    }

    // row 40
    @Test
    void refreshes_until_it_is_ended_and_leaves_the_terminal_as_it_was() throws Exception {
        start(UNICODE);
        await().until(() -> virtual.text().contains("42 / 100"));
        assertThat(virtual.isAlternate()).isTrue();
        assertThat(virtual.hasCursor()).isFalse();
        assertThat(virtual.screen()).hasSize(24);
        assertThat(virtual.screen().get(23)).contains("q quit");
        assertThat(virtual.text()).contains("alice", "openai", "prod-1", "benched 29 s");

        for (int active = 70; active < 73; active++) {
            answer.set(Readings.busy().load(active, 0).json());
            String shown = active + " / 100";
            await().until(() -> virtual.text().contains(shown));
        }
        virtual.type("q");

        assertThat(running.get()).isZero();
        assertThat(virtual.isAlternate()).isFalse();
        assertThat(virtual.hasCursor()).isTrue();
        assertThat(virtual.terminal().getAttributes().getLocalFlag(LocalFlag.ICANON))
                .isTrue();
    }

    // row 40
    @Test
    void alerts_are_coloured() throws Exception {
        answer.set(Readings.idle()
                .load(81, 51)
                .minute(new int[] {100}, new int[] {6})
                .json());
        start(UNICODE);
        await().until(() -> virtual.text().contains("81 / 100"));

        assertThat(virtual.colourOf("81 / 100")).isEqualTo("33;1");
        assertThat(virtual.colourOf("51 / 200")).isEqualTo("33;1");
        assertThat(virtual.colourOf("6  6.0 %")).isEqualTo("33;1");

        answer.set(Readings.idle().load(96, 0).json());
        await().until(() -> virtual.text().contains("96 / 100"));
        assertThat(virtual.colourOf("96 / 100")).isEqualTo("31;1");
        assertThat(virtual.colourOf("0 / 200")).isEmpty();
    }

    @Test
    void keys_say_what_is_listed() throws Exception {
        Readings many = Readings.busy();
        for (int i = 0; i < 40; i++) {
            many.key("key-" + i, 1, 0).credential("credential-" + i, "usable");
        }
        answer.set(many.json());
        start(UNICODE);
        await().until(() -> virtual.text().contains("key-2"));

        virtual.type("c");
        await().until(() ->
                virtual.text().contains("credential-2") && !virtual.text().contains("key-2"));
        virtual.type("\u001b[B\u001b[B");
        await().until(() -> !virtual.text().contains("prod-2"));
        virtual.type("\u001bOA");
        await().until(() -> virtual.text().contains("prod-2") && !virtual.text().contains("prod-1"));
        virtual.type("k");
        await().until(() -> virtual.text().contains("key-2"));
        virtual.type("\t");
        await().until(() -> virtual.text().contains("credential-2"));
        virtual.type("u");
        await().until(() -> virtual.colourOf("UPSTREAM").equals("7"));
    }

    @Test
    void follows_the_size_of_its_terminal() throws Exception {
        start(UNICODE);
        await().until(() -> virtual.text().contains("CREDENTIAL"));

        virtual.resize(50, 12);
        await().until(() -> virtual.screen().get(11).contains("u upstreams"));
        assertThat(virtual.text()).contains("alice").doesNotContain("CREDENTIAL");

        virtual.resize(120, 40);
        await().until(() -> virtual.screen().get(39).contains("q quit"));
        assertThat(virtual.screen().get(0)).endsWith("10:12:33 UTC").hasSize(120);
        assertThat(virtual.text()).contains("CREDENTIAL");
    }

    @Test
    void says_that_the_gateway_is_away_and_goes_on_when_it_is_back() throws Exception {
        start(UNICODE);
        await().until(() -> virtual.text().contains("42 / 100"));

        answer.set(null);
        await().until(() -> virtual.text().matches("(?s).*no answer since [1-9] s: gone.*"));
        assertThat(virtual.text()).as("what was known last").contains("42 / 100");
        assertThat(virtual.colourOf("no answer")).isEqualTo("31;1");

        answer.set(Readings.busy().load(7, 0).json());
        await().until(() -> virtual.text().contains("7 / 100"));
        assertThat(virtual.text()).doesNotContain("no answer");
    }

    @Test
    void what_has_not_changed_is_not_sent_again() throws Exception {
        answer.set(Readings.idle().json());
        start(UNICODE);
        await().until(() -> virtual.text().contains("q quit"));
        int once = virtual.sent();

        answer.set(Readings.idle().load(50, 0).json());
        await().until(() -> virtual.text().contains("50 / 100"));

        assertThat(virtual.sent() - once).isLessThan(once);
    }

    @Test
    void nothing_is_coloured_where_nobody_wants_colours() throws Exception {
        answer.set(Readings.busy().load(99, 60).json());
        start(Map.of("LANG", "C.UTF-8", "NO_COLOR", "1"));
        await().until(() -> virtual.text().contains("99 / 100"));

        assertThat(virtual.colourOf("99 / 100")).isEmpty();
        assertThat(virtual.colourOf("CRITICAL")).isEmpty();
        assertThat(virtual.colourOf("mehari")).isEmpty();
    }

    private void start(Map<String, String> environment) {
        TerminalMonitor monitor = new TerminalMonitor(this::ask, environment, System::nanoTime);
        JsonNode first = answer.get();
        running = CompletableFuture.supplyAsync(() -> {
            try {
                return monitor.run(virtual.terminal(), first);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private JsonNode ask() throws Unanswered {
        JsonNode now = answer.get();
        if (now == null) {
            throw new Unanswered("gone");
        }
        return now;
    }
}
