package dev.mehari.alert;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at what is counted, raises and clears alerts. An alert is raised by the first value above its level, and cleared when
 * no value has been above it for {@link #CALM}. Refusals are looked at over {@link #WINDOW}, and not at all while fewer than
 * {@value #LEAST_CALLS} calls have ended in it: one refusal at night is no alert.
 *
 * <p>{@link #look} is called by one thread; what is raised may be asked for by any.
 */
public final class AlertWatch {
    /** Between two looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);
    /** Over which refusals are counted. */
    public static final Duration WINDOW = Duration.ofSeconds(60);
    /** How long values have to keep below a level before its alert is cleared. */
    public static final Duration CALM = Duration.ofSeconds(30);

    static final int LEAST_CALLS = 20;

    private final Supplier<String> instance;
    private final Supplier<AlertReading> source;
    private final Consumer<AlertEvent> told;
    private final Clock clock;
    private final List<LevelState> states;
    private final RefusalWindow refusals = new RefusalWindow((int) (WINDOW.toNanos() / EVERY.toNanos()), LEAST_CALLS);
    private volatile List<AlertEvent> raised = List.of();

    /**
     * Nothing is raised before the first look.
     *
     * @param instance how this instance is called in events; asked for with each
     * @param told hears of each event, on the thread that looks; must not block
     */
    public AlertWatch(
            Supplier<String> instance,
            List<AlertRule> rules,
            Supplier<AlertReading> source,
            Consumer<AlertEvent> told,
            Clock clock) {
        this.instance = instance;
        this.source = source;
        this.told = told;
        this.clock = clock;
        states = rules.stream()
                .map(rule -> new LevelState(rule, (int) (CALM.toNanos() / EVERY.toNanos())))
                .toList();
    }

    /** To be called once every {@link #EVERY}. */
    public void look() {
        AlertReading reading = source.get();
        refusals.add(reading.ended(), reading.refused());
        List<AlertEvent> events = new ArrayList<>(0);
        for (LevelState state : states) {
            AlertEvent event = state.seen(value(state.rule().name(), reading), clock, instance.get());
            if (event != null) {
                events.add(event);
            }
        }
        if (!events.isEmpty()) {
            raised = states.stream().flatMap(LevelState::raised).toList();
            events.forEach(told);
        }
    }

    private double value(AlertName name, AlertReading reading) {
        return switch (name) {
            case CONCURRENCY -> reading.maxConcurrent() == 0 ? 0 : 100.0 * reading.inUse() / reading.maxConcurrent();
            case QUEUE -> reading.waiting();
            case REFUSALS -> refusals.percent();
        };
    }

    /** The events of those alerts that are raised now. */
    public List<AlertEvent> raised() {
        return raised;
    }

    /** All that may be. */
    public List<AlertRule> rules() {
        return states.stream().map(LevelState::rule).toList();
    }

    /** How this instance is called in events. */
    public String instance() {
        return instance.get();
    }
}
