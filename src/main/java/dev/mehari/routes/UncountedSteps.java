package dev.mehari.routes;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.spi.ManagementInterceptStrategy;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives steps their MBeans without the wrapping that counts what goes through them. All counters are off, since counting would
 * cost more than the rest of a step; asking each of them whether it is on costs, too.
 *
 * <p>Steps that are no part of a route, those of the {@code onException} of a configuration, get no MBean either: Camel 4.18 forgets
 * a step only when its route goes (JmxManagementLifecycleStrategy.removeWrappedProcessorsForRoutes), and so would keep every older
 * version of a route that such a step was built for. Nor does it ever forget those of a route that could not be built; {@link
 * #forgetUnbuilt} has it do so.
 */
final class UncountedSteps extends LifecycleStrategySupport {
    private final Set<Route> building = ConcurrentHashMap.newKeySet();

    @Override
    public void onRouteContextCreate(Route route) {
        building.add(route);
        ManagementInterceptStrategy all = route.getManagementInterceptStrategy();
        if (all != null) {
            route.setManagementInterceptStrategy(new Steps(all));
        }
    }

    @Override
    public void onRoutesAdd(Collection<Route> routes) {
        building.removeAll(Set.copyOf(routes));
    }

    /** For when what was to be built has been built, or given up. */
    void forgetUnbuilt(CamelContext context) {
        List<Route> unbuilt = List.copyOf(building);
        building.clear();
        context.getLifecycleStrategies().forEach(strategy -> strategy.onRoutesRemove(unbuilt));
    }

    private record Steps(ManagementInterceptStrategy all) implements ManagementInterceptStrategy {
        /** For a route, of which Camel insists that it is wrapped. */
        @Override
        public InstrumentationProcessor<?> createProcessor(String type) {
            return all.createProcessor(type);
        }

        @Override
        public @Nullable InstrumentationProcessor<?> createProcessor(NamedNode definition, Processor target) {
            boolean own = definition instanceof ProcessorDefinition<?> step
                    && ProcessorDefinitionHelper.getRoute(step) != null;
            if (own) {
                var unused = all.createProcessor(definition, target); // notes the step, which is made an MBean of then
            }
            return null;
        }
    }
}
