package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mehari.routes.Reload.Outcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Versions and journeys. */
class LiveRoutesTest extends LiveRoutesFixture {
    private static final String LISTENING = """
            - route:
                id: %s
                from:
                  %s
                  steps:
                    - to: direct:answer
            """;

    @Test
    void a_swap_is_seen_by_the_next_exchange() throws Exception {
        assertThat(ask()).isEqualTo("one");

        assertThat(swapTo("two")).isEqualTo(Outcome.SWAPPED);

        assertThat(ask()).isEqualTo("two");
        assertThat(live.state().version()).isEqualTo(2);
    }

    @Test
    void an_exchange_goes_through_all_of_its_routes_on_the_version_that_it_began_on() throws Exception {
        CompletableFuture<String> begun = askAndHold();
        Runnable goOn = held.take();

        swapTo("two");
        swapTo("three");

        assertThat(ask()).isEqualTo("three");
        assertThat(live.state().older()).singleElement().satisfies(older -> {
            assertThat(older.version()).isEqualTo(1);
            assertThat(older.underWay()).isEqualTo(1);
        });
        goOn.run();
        assertThat(begun.get()).isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
    }

    @Test
    void files_of_which_nothing_has_changed_keep_their_routes() throws Exception {
        swapTo("two");

        assertThat(live.state().files())
                .extracting(RoutesState.File::name, RoutesState.File::version)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("answer.camel.yaml", 2),
                        org.assertj.core.groups.Tuple.tuple("receive.camel.yaml", 1));
        assertThat(live.reload().outcome()).isEqualTo(Outcome.UNCHANGED);
    }

    @Test
    void a_changed_configuration_holds_for_the_routes_of_all_files() throws Exception {
        String caught = """
                - routeConfiguration:
                    onException:
                      - onException:
                          exception:
                            - java.lang.Throwable
                          handled:
                            constant: "true"
                          steps:
                            - setBody:
                                constant: %s
                """;
        write("caught", caught.formatted("caught"));
        write("answer", """
                - route:
                    id: answer
                    from:
                      uri: direct:answer
                      steps:
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: wrong
                """);
        live.reload();
        assertThat(ask()).isEqualTo("caught");

        write("caught", caught.formatted("again"));
        live.reload();

        assertThat(ask()).isEqualTo("again");
    }

    @Test
    void a_new_file_brings_its_routes_and_a_deleted_one_takes_them_away() throws Exception {
        write("more", """
                - route:
                    id: more
                    from:
                      uri: direct:more
                      steps:
                        - setBody:
                            constant: more
                """);
        write("answer", answering("x").replace("constant: x", "constant: x\n        - to: direct:more"));
        assertThat(live.reload().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(ask()).isEqualTo("more");

        write("answer", answering("alone"));
        Files.delete(folder.resolve("more.camel.yaml"));
        assertThat(live.reload().changed()).containsExactly("answer.camel.yaml", "more.camel.yaml");

        assertThat(ask()).isEqualTo("alone");
        await().untilAsserted(
                        () -> assertThat(context.hasEndpoint("direct:more")).isNull());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            constant: one          | constant: [one        | 0 | YAML
            direct:answer          | direct:else           | 0 | direct:answer
            setBody:               | setBodi:              | 6 | setBodi
            constant: one          | constent: one         | 0 | constent
            setBody:               | process: {ref: nobody} # | 6 | nobody
            constant: one          | constant: "{{nowhere}}"  | 7 | nowhere
            uri: direct:answer     | uri: nosuch:thing     | 4 | nosuch
            - route:               | - beans:              | 1 | beans
            id: answer             | id: receive           | 2 | receive
            """)
    void what_cannot_be_used_changes_nothing_and_is_told(String part, String broken, int line, String told)
            throws Exception {
        int routes = context.getRoutesSize();
        int endpoints = context.getEndpoints().size();
        int definitions = ((ModelCamelContext) context).getRouteDefinitions().size();
        write("answer", answering("one").replace(part, broken));

        Reload refused = live.reload();

        assertThat(refused.outcome()).as(refused.problems().toString()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.problems().toString()).contains(told);
        assertThat(refused.problems().get(0).file()).endsWith(".camel.yaml");
        if (line > 0) {
            assertThat(refused.problems().get(0).line()).as(refused.toString()).isEqualTo(line);
        }
        assertThat(ask()).isEqualTo("one");
        assertThat(live.problems()).isEqualTo(refused.problems());
        assertThat(context.getRoutesSize()).isEqualTo(routes);
        assertThat(context.getEndpoints()).hasSize(endpoints);
        assertThat(((ModelCamelContext) context).getRouteDefinitions()).hasSize(definitions);

        assertThat(swapTo("mended")).isEqualTo(Outcome.SWAPPED);
        assertThat(live.problems()).isEmpty();
        assertThat(ask()).isEqualTo("mended");
    }

    @Test
    void a_value_where_fields_belong_is_told_with_its_step() throws Exception {
        write("answer", """
                - route:
                    from:
                      uri: direct:answer
                      steps:
                        - to: direct:elsewhere
                        - setBody: one
                """);
        assertThat(live.reload().problems().toString()).contains("answer.camel.yaml:6: setBody takes no plain value");

        write("answer", "- route: one");
        assertThat(live.reload().problems().toString()).contains("answer.camel.yaml:1: route takes no plain value");
    }

    @Test
    void a_route_without_a_from_is_told_in_words() throws Exception {
        write("answer", answering("one") + "- route:\n    id: nowhere\n");
        assertThat(live.reload().problems())
                .extracting(RoutesProblem::toString)
                .containsExactly(
                        "answer.camel.yaml:9: the route nowhere has no from: say where its exchanges come from");

        write("answer", "# none\n- route: {}\n");
        assertThat(live.reload().problems().toString()).contains("answer.camel.yaml:2: a route has no from");

        write("answer", "- route: {id: q}\n");
        assertThat(live.reload().problems().toString()).contains("answer.camel.yaml:1: the route q has no from");
    }

    @Test
    void a_port_that_is_taken_changes_nothing_and_is_told_and_is_used_once_it_is_free() throws Exception {
        int endpoints = context.getEndpoints().size();
        write("answer", answering("two"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write(
                    "more",
                    LISTENING.formatted(
                            "more", "uri: netty:tcp://127.0.0.1:%d?sync=false".formatted(taken.getLocalPort())));

            Reload refused = live.reload();

            assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.problems().toString())
                    .contains("more.camel.yaml")
                    .contains(Integer.toString(taken.getLocalPort()));
            assertThat(ask()).isEqualTo("one");
            assertThat(context.getRoutesSize()).isEqualTo(2);
            assertThat(context.getEndpoints()).hasSize(endpoints);
        }

        assertThat(live.reload().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(ask()).isEqualTo("two");
    }

    @Test
    void an_address_is_told_without_its_secrets() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String from =
                    "uri: netty:tcp://127.0.0.1:%d?sync=false&passphrase=marker-4711".formatted(taken.getLocalPort());
            write("more", LISTENING.formatted("more", from));
            write("same", LISTENING.formatted("same", from));
            assertThat(live.reload().problems().toString())
                    .contains("same begins where more in more.camel.yaml does")
                    .doesNotContain("marker-4711");

            Files.delete(folder.resolve("same.camel.yaml"));
            assertThat(live.reload().problems().toString())
                    .contains("cannot be started")
                    .doesNotContain("marker-4711");
        }
    }

    @Test
    void without_a_route_that_takes_calls_at_the_data_port_nothing_changes() throws Exception {
        write("health", LISTENING.formatted("health", "uri: netty-http:door/proxy-health?block=false"));
        assertThat(live.reload().problems()).isEmpty();
        Files.delete(folder.resolve("receive.camel.yaml"));

        assertThat(live.reload().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("data port", "put receive.camel.yaml"));
        assertThat(ask()).isEqualTo("one");

        write("mine", LISTENING.formatted("mine", "uri: netty-http:mine"));
        assertThat(live.reload().problems()).isEmpty();
    }

    @Test
    void a_route_without_the_configuration_that_it_names_is_refused() throws Exception {
        write("answer", answering("two").replace("id: answer", "id: answer\n    routeConfigurationId: tries"));

        assertThat(live.reload().problems().toString())
                .contains("answer.camel.yaml:3: answer names the routeConfiguration tries, and there is none");
        assertThat(ask()).isEqualTo("one");

        write("tries", """
                - routeConfiguration:
                    id: tries
                """);
        assertThat(live.reload().problems()).isEmpty();
        assertThat(ask()).isEqualTo("two");
    }

    @Test
    void a_check_changes_nothing() throws Exception {
        write("answer", answering("two"));

        assertThat(live.check().outcome()).isEqualTo(Outcome.SWAPPED);

        assertThat(ask()).isEqualTo("one");
        assertThat(live.state().version()).isEqualTo(1);
        assertThat(context.getRoutesSize()).isEqualTo(2);
    }

    @Test
    void a_check_leaves_no_queue_behind() throws Exception {
        write("more", LISTENING.formatted("more", "uri: seda:more?size=100"));
        assertThat(live.check().problems()).isEmpty();

        write("more", LISTENING.formatted("more", "uri: seda:more?size=200"));

        assertThat(live.reload().problems()).isEmpty();
    }

    @Test
    void many_swaps_and_refusals_leave_nothing_behind() throws Exception {
        swapTo("warm");
        int endpoints = context.getEndpoints().size();
        int threads = Thread.activeCount();

        for (int i = 0; i < 50; i++) {
            assertThat(swapTo("word" + i)).isEqualTo(Outcome.SWAPPED);
            write("answer", answering("x").replace("setBody:", "process: {ref: nobody} #"));
            assertThat(live.reload().outcome()).isEqualTo(Outcome.REFUSED);
            live.check();
        }
        swapTo("last");

        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
        assertThat(context.getRoutesSize()).isEqualTo(2);
        assertThat(((ModelCamelContext) context).getRouteDefinitions()).hasSize(2);
        assertThat(context.getEndpoints()).hasSize(endpoints);
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
    }

    @Test
    void who_listens_to_each_step_since_a_route_started_is_gone() throws Exception {
        int ofTheStart = notifiers.size();
        swapTo("two");
        write("answer", answering("x").replace("setBody:", "process: {ref: nobody} #"));
        live.reload();
        swapTo("three");

        assertThat(notifiers).hasSizeGreaterThan(ofTheStart);
        assertThat(context.getManagementStrategy().getEventNotifiers()).isEmpty();
        assertThat(ask()).isEqualTo("three");
    }

    @Test
    void an_exchange_that_comes_from_a_queue_after_its_journey_begins_anew() throws Exception {
        write("late", """
                - route:
                    id: late
                    from:
                      uri: seda:late
                      steps:
                        - process:
                            ref: hold
                        - to: direct:answer
                        - to: seda:told
                """);
        write(
                "receive",
                RECEIVE.replace("- to: direct:answer", "- wireTap: {uri: seda:late}\n        - to: direct:answer"));
        assertThat(live.reload().problems()).isEmpty();
        CompletableFuture<String> first = askAndHold();
        held.take().run();
        assertThat(first.get()).isEqualTo("one");
        Runnable tapped = held.take();

        swapTo("two");
        tapped.run();

        assertThat(context.createConsumerTemplate().receiveBody("seda:told", 10_000, String.class))
                .isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
    }

    @Test
    void a_port_that_is_taken_at_the_start_is_told_and_nothing_comes_in() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DefaultCamelContext another = new DefaultCamelContext()) {
            another.disableJMX();
            DirectComponent door = new DirectComponent();
            door.setBlock(false);
            another.addComponent("netty-http", door);
            another.getRegistry().bind("hold", new Holding());
            another.start();
            write(
                    "more",
                    LISTENING.formatted(
                            "more", "uri: netty:tcp://127.0.0.1:%d?sync=false".formatted(taken.getLocalPort())));

            try (LiveRoutes first = new LiveRoutes(new RouteSource.Folder(folder), false, Clock.systemUTC())) {
                assertThatThrownBy(() -> first.start(another))
                        .isInstanceOfSatisfying(
                                RoutesRefused.class,
                                refused -> assertThat(refused.problems())
                                        .singleElement()
                                        .satisfies(problem -> {
                                            assertThat(problem.file()).isEqualTo("more.camel.yaml");
                                            assertThat(problem.message())
                                                    .contains("more: ", Integer.toString(taken.getLocalPort()));
                                        }));
            }
            assertThatThrownBy(() -> another.createProducerTemplate().requestBody(DOOR, "now"))
                    .hasStackTraceContaining("No consumers available");
        }
    }
}
