package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.routes.Reload.Outcome;
import java.nio.file.Files;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.processor.aggregate.AggregateProcessor;
import org.apache.camel.processor.aggregate.UseLatestAggregationStrategy;
import org.junit.jupiter.api.Test;

/** What an {@code aggregate} has gathered when its version is taken down. */
class GatheredExchangesTest extends LiveRoutesFixture {
    private void gather(String completion, String options) throws Exception {
        write("gather", """
                - route:
                    id: gather
                    from:
                      uri: direct:gather
                      steps:
                        - aggregate:
                            aggregationStrategy: latest
                            completionSize: %s
                            %s
                            correlationExpression: {constant: all}
                            steps:
                              - to: direct:answer
                              - process: {ref: gathered}
                """.formatted(completion, options));
    }

    private BlockingQueue<String> gathering(String options) throws Exception {
        BlockingQueue<String> gathered = new LinkedBlockingQueue<>();
        context.getRegistry().bind("latest", new UseLatestAggregationStrategy());
        context.getRegistry().bind("gathered", (Processor)
                exchange -> gathered.add(exchange.getMessage().getBody(String.class)));
        gather("2", options);
        write("receive", RECEIVE.replace("direct:answer", "direct:gather"));
        assertThat(live.reload().problems()).isEmpty();
        ask();
        return gathered;
    }

    @Test
    void what_an_aggregate_is_to_let_out_when_it_stops_is_let_out_by_a_swap() throws Exception {
        BlockingQueue<String> gathered = gathering("forceCompletionOnStop: true");

        gather("3", "forceCompletionOnStop: true");
        assertThat(live.reload().outcome()).isEqualTo(Outcome.SWAPPED);

        assertThat(gathered.take()).isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
        assertThat(context.getRoutesSize()).isEqualTo(3);
    }

    @Test
    void what_a_swap_lets_out_goes_through_the_routes_of_the_version_that_gathered_it() throws Exception {
        BlockingQueue<String> gathered = gathering("forceCompletionOnStop: true");

        write("answer", answering("two"));
        gather("3", "forceCompletionOnStop: true");
        assertThat(live.reload().outcome()).isEqualTo(Outcome.SWAPPED);

        assertThat(gathered.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
    }

    @Test
    void what_a_swap_lets_out_goes_through_routes_that_are_gone_by_then() throws Exception {
        BlockingQueue<String> gathered = gathering("forceCompletionOnStop: true");

        write("answer", answering("two").replace("direct:answer", "direct:reply"));
        gather("3", "forceCompletionOnStop: true");
        write("gather", Files.readString(folder.resolve("gather.camel.yaml")).replace("direct:answer", "direct:reply"));
        assertThat(live.reload().problems()).isEmpty();

        assertThat(gathered.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
        assertThat(context.getRoutesSize()).isEqualTo(3);
    }

    @Test
    void what_an_aggregate_is_to_let_out_when_it_stops_is_let_out_by_a_stop_through_a_queue_too() throws Exception {
        write("late", """
                - route:
                    id: late
                    from:
                      uri: seda:late
                      steps:
                        - to: direct:answer
                        - process: {ref: gathered}
                """);
        BlockingQueue<String> gathered = gathering("forceCompletionOnStop: true");
        write(
                "gather",
                Files.readString(folder.resolve("gather.camel.yaml"))
                        .replace("process: {ref: gathered}", "to: seda:late"));
        assertThat(live.reload().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(gathered.take()).as("of the version before").isEqualTo("one");
        ask();

        live.close();

        assertThat(gathered).containsExactly("one");
    }

    @Test
    void a_group_that_takes_long_holds_up_no_other_change_and_ends_on_its_version() throws Exception {
        BlockingQueue<String> gathered = gathering("forceCompletionOnStop: true");
        gather("2", "forceCompletionOnStop: true");
        write(
                "gather",
                Files.readString(folder.resolve("gather.camel.yaml"))
                        .replace(
                                "- to:",
                                "- setBody: {constant: hold}\n              - process: {ref: hold}\n              - to:"));
        assertThat(live.reload().problems()).isEmpty();
        assertThat(gathered.take()).as("of the version before").isEqualTo("one");
        ask();

        gather("3", "forceCompletionOnStop: true");
        assertThat(live.reload().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(swapTo("two")).isEqualTo(Outcome.SWAPPED);

        assertThat(live.state().older())
                .extracting(RoutesState.Older::version, RoutesState.Older::underWay)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(3, 1L));
        held.take().run();
        assertThat(gathered.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
    }

    @Test
    void a_version_stays_until_an_aggregate_has_completed_what_it_is_to_complete() throws Exception {
        BlockingQueue<String> gathered = gathering("completeAllOnStop: true");

        gather("3", "completeAllOnStop: true");
        assertThat(live.reload().outcome()).isEqualTo(Outcome.SWAPPED);

        assertThat(live.state().older())
                .singleElement()
                .satisfies(older -> assertThat(older.underWay()).isEqualTo(1));
        Route before = context.getRoute("gather@1");
        before.filter("*").stream()
                .filter(AggregateProcessor.class::isInstance)
                .map(AggregateProcessor.class::cast)
                .forEach(AggregateProcessor::forceCompletionOfAllGroups);
        assertThat(gathered.take()).isEqualTo("one");
        await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
    }
}
