package dev.mehari.routes;

import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.spi.ManagementInterceptStrategy;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps JMX from wrapping steps that are no part of a route: those of the {@code onException} of a configuration. Camel 4.18
 * forgets what it has wrapped when the step's route goes (JmxManagementLifecycleStrategy.removeWrappedProcessorsForRoutes),
 * and so would keep every older version of a route that such a step was built for.
 */
final class OwnStepsOnly extends LifecycleStrategySupport {
    @Override
    public void onRouteContextCreate(Route route) {
        ManagementInterceptStrategy all = route.getManagementInterceptStrategy();
        if (all != null) {
            route.setManagementInterceptStrategy(new Steps(all));
        }
    }

    private record Steps(ManagementInterceptStrategy all) implements ManagementInterceptStrategy {
        @Override
        public InstrumentationProcessor<?> createProcessor(String type) {
            return all.createProcessor(type);
        }

        @Override
        public @Nullable InstrumentationProcessor<?> createProcessor(NamedNode definition, Processor target) {
            boolean own = definition instanceof ProcessorDefinition<?> step
                    && ProcessorDefinitionHelper.getRoute(step) != null;
            return own ? all.createProcessor(definition, target) : null;
        }
    }
}
