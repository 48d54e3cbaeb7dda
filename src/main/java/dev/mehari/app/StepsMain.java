package dev.mehari.app;

import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** A Camel Main in which something can be put around a step that is bound already. */
final class StepsMain extends Main {
    /** Puts {@code more} around the step bound as {@code name}; before the start. */
    void around(String name, UnaryOperator<Processor> more) {
        Processor bound = Objects.requireNonNull(lookup(name, Processor.class), name);
        registry.unbind(name); // or both would be there, each by its own class
        bind(name, more.apply(bound));
    }
}
