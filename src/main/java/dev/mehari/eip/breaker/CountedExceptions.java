package dev.mehari.eip.breaker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.util.ObjectHelper;
import org.jspecify.annotations.Nullable;

/**
 * The exceptions that {@code recordExceptions} and {@code ignoreExceptions} name; an exception matches when it or one of its
 * causes is of a named class. Taken from the merged configuration (camel-resilience4j takes the lists from the step alone,
 * so that a list in a shared configuration matches nothing).
 */
final class CountedExceptions {
    /** What a list is for. */
    enum Kind {
        RECORDED,
        IGNORED
    }

    private CountedExceptions() {}

    /** Null when there is no list. */
    static @Nullable Predicate<Throwable> predicate(
            Resilience4jConfigurationDefinition options, Kind kind, CamelContext context)
            throws ClassNotFoundException {
        List<String> names = kind == Kind.RECORDED ? options.getRecordExceptions() : options.getIgnoreExceptions();
        if (names.isEmpty()) {
            return null;
        }
        List<Class<Throwable>> types = new ArrayList<>();
        for (String name : names) {
            types.add(context.getClassResolver()
                    .resolveMandatoryClass(CamelContextHelper.parseText(context, name), Throwable.class));
        }
        return thrown -> {
            for (Throwable cause : ObjectHelper.createExceptionIterable(thrown)) {
                if (types.stream().anyMatch(type -> type.isInstance(cause))) {
                    return true;
                }
            }
            return false;
        };
    }
}
