package dev.mehari.eip.breaker;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.spi.ExtendedPropertyConfigurerGetter;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.PropertyBindingSupport;
import org.jspecify.annotations.Nullable;

/**
 * Merges a breaker's options from three places, the later winning: the context's default configuration (or the registry's
 * bean {@value #DEFAULT_ID}), the one that {@code configuration} refers to, and the step's own.
 */
final class MergedConfiguration {
    private static final String DEFAULT_ID = "resilience4j-configuration";

    private final CamelContext context;
    private final ExtendedPropertyConfigurerGetter options;
    private final Map<String, Object> merged = new HashMap<>();

    private MergedConfiguration(CamelContext context) {
        this.context = context;
        this.options = (ExtendedPropertyConfigurerGetter) PluginHelper.getConfigurerResolver(context)
                .resolvePropertyConfigurer(Resilience4jConfigurationDefinition.class.getName(), context);
    }

    static Resilience4jConfigurationDefinition of(CircuitBreakerDefinition definition, CamelContext context) {
        MergedConfiguration merging = new MergedConfiguration(context);
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        Resilience4jConfigurationDefinition global = model.getResilience4jConfiguration(null);
        merging.add(
                global != null
                        ? global
                        : CamelContextHelper.lookup(context, DEFAULT_ID, Resilience4jConfigurationDefinition.class));
        if (definition.getConfiguration() != null) {
            String ref = CamelContextHelper.parseText(context, definition.getConfiguration());
            Resilience4jConfigurationDefinition referred = model.getResilience4jConfiguration(ref);
            merging.add(
                    referred != null
                            ? referred
                            : CamelContextHelper.mandatoryLookup(
                                    context, ref, Resilience4jConfigurationDefinition.class));
        }
        merging.add(definition.getResilience4jConfiguration());
        return merging.bind();
    }

    private void add(@Nullable Resilience4jConfigurationDefinition source) {
        if (source == null) {
            return;
        }
        for (String name : options.getAllOptions(source).keySet()) {
            Object value = options.getOptionValue(source, name, true);
            if (value != null) {
                merged.put(name, value);
            }
        }
    }

    private Resilience4jConfigurationDefinition bind() {
        Resilience4jConfigurationDefinition result = new Resilience4jConfigurationDefinition();
        PropertyBindingSupport.build()
                .withCamelContext(context)
                .withIgnoreCase(true)
                .withConfigurer((org.apache.camel.spi.PropertyConfigurer) options)
                .withProperties(merged)
                .withTarget(result)
                .bind();
        return result;
    }
}
