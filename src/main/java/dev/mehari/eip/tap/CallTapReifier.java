package dev.mehari.eip.tap;

import dev.mehari.audit.CallTap;
import dev.mehari.eip.seda.EventQueue;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.reifier.ProcessorReifier;
import org.apache.camel.support.CamelContextHelper;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link CallTapProcessor} of YAML, where {@code onPrepare} names a {@link CallTap} and the endpoint is a
 * {@code seda} with an {@link EventQueue}. Options that Camel's {@code wireTap} has beyond these two are refused with an
 * {@link IllegalArgumentException}.
 */
public final class CallTapReifier extends ProcessorReifier<WireTapDefinition<?>> {
    public CallTapReifier(Route route, WireTapDefinition<?> definition) {
        super(route, definition);
    }

    /** True for a tap of calls; any other is Camel's own. */
    public boolean isOfCalls() {
        return tap() != null;
    }

    private @Nullable CallTap tap() {
        String named = parseString(definition.getOnPrepare());
        return named == null ? null : CamelContextHelper.lookup(camelContext, withoutHash(named), CallTap.class);
    }

    private static String withoutHash(String name) {
        if (name.startsWith("#bean:")) {
            return name.substring("#bean:".length());
        }
        return name.startsWith("#") ? name.substring(1) : name;
    }

    @Override
    public Processor createProcessor() throws Exception {
        CallTap tap = tap();
        if (tap == null) {
            throw refused("onPrepare", "has to name a CallTap");
        }
        refuse("copy", definition.getCopy(), "true");
        refuse("dynamicUri", definition.getDynamicUri(), "false");
        refuse("executorService", definition.getExecutorService(), null);
        refuse("executorService", definition.getExecutorServiceBean(), null);
        refuse("ignoreInvalidEndpoint", definition.getIgnoreInvalidEndpoint(), "false");
        refuse("cacheSize", definition.getCacheSize(), null);
        refuse("variableSend", definition.getVariableSend(), null);
        refuse("variableReceive", definition.getVariableReceive(), null);
        String uri = parseString(definition.getUri());
        Endpoint endpoint = uri == null ? null : CamelContextHelper.resolveEndpoint(camelContext, uri, null);
        if (!(endpoint instanceof SedaEndpoint seda) || !(seda.getQueue() instanceof EventQueue events)) {
            throw refused(
                    "uri", "has to be a seda endpoint whose queue takes events, such as seda:audit?queue=#auditQueue");
        }
        CallTapProcessor processor = new CallTapProcessor(tap, events);
        processor.setDisabled(isDisabled(camelContext, definition));
        return processor;
    }

    private void refuse(String option, @Nullable Object given, @Nullable String harmless) {
        Object value = given instanceof String text ? parseString(text) : given;
        if (value != null && !value.toString().equals(harmless)) {
            throw refused(option, "is not for a tap of calls, which makes no exchange of its own");
        }
    }

    private IllegalArgumentException refused(String option, String why) {
        return new IllegalArgumentException("wireTap " + getId(definition) + ": " + option + " " + why);
    }
}
