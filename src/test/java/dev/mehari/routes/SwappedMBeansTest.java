package dev.mehari.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.routes.Reload.Outcome;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Camel shows in JMX of routes that were swapped. */
class SwappedMBeansTest {
    @TempDir
    Path folder;

    @Test
    void swaps_leave_no_mbeans_behind() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("netty-http", new DirectComponent());
            context.start();
            write("one");
            try (LiveRoutes live = new LiveRoutes(new RouteSource.Folder(folder), false, Clock.systemUTC())) {
                live.start(context);
                Set<String> before = mbeans(context);
                assertThat(before).anyMatch(name -> name.contains("type=routes"));

                for (int i = 0; i < 20; i++) {
                    write("word" + i);
                    assertThat(live.reload().problems()).isEmpty();
                }

                await().untilAsserted(() -> assertThat(live.state().older()).isEmpty());
                assertThat(mbeans(context)).hasSizeLessThanOrEqualTo(before.size());
                assertThat(mbeans(context).stream().filter(name -> name.contains("type=routes")))
                        .hasSize(1);
            }
        }
    }

    /** Camel's management keeps what it has wrapped until the route goes that the step is part of. */
    @Test
    void swaps_leave_no_routes_behind() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("netty-http", new DirectComponent());
            context.start();
            Files.writeString(folder.resolve("errors.camel.yaml"), """
                    - routeConfiguration:
                        id: answer-failures
                        onException:
                          - onException:
                              exception:
                                - java.lang.Exception
                              handled:
                                constant: "true"
                              steps:
                                - setBody:
                                    id: say-sorry
                                    constant: sorry
                    """);
            write("one");
            try (LiveRoutes live = new LiveRoutes(new RouteSource.Folder(folder), false, Clock.systemUTC())) {
                live.start(context);
                WeakReference<Route> old =
                        new WeakReference<>(context.getRoutes().get(0));

                write("two");
                assertThat(live.reload().problems()).isEmpty();

                await().until(() -> {
                    System.gc();
                    return old.refersTo(null);
                });
            }
        }
    }

    @Test
    void refused_changes_leave_no_routes_behind() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("netty-http", new DirectComponent());
            List<WeakReference<NamedNode>> built = new ArrayList<>();
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onRouteContextCreate(Route route) {
                    built.add(new WeakReference<>(route.getRoute()));
                }
            });
            context.start();
            write("one");
            try (LiveRoutes live = new LiveRoutes(new RouteSource.Folder(folder), false, Clock.systemUTC())) {
                live.start(context);
                Set<String> before = mbeans(context);

                write("two");
                Path file = folder.resolve("receive.camel.yaml");
                Files.writeString(file, Files.readString(file) + "        - process: {ref: nobody}\n");
                assertThat(live.reload().outcome()).isEqualTo(Outcome.REFUSED);

                assertThat(built).hasSize(2);
                await().until(() -> {
                    System.gc();
                    return built.get(1).refersTo(null);
                });
                assertThat(mbeans(context)).isEqualTo(before);
            }
        }
    }

    private void write(String word) throws Exception {
        Files.writeString(folder.resolve("receive.camel.yaml"), """
                - route:
                    id: receive
                    routeConfigurationId: answer-*
                    from:
                      uri: netty-http:door
                      steps:
                        - setBody:
                            id: say
                            constant: %s
                """.formatted(word));
    }

    private static Set<String> mbeans(DefaultCamelContext context) throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("org.apache.camel:context=" + context.getManagementName() + ",*"), null)
                .stream()
                .map(ObjectName::getCanonicalName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
