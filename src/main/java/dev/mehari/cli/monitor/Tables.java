package dev.mehari.cli.monitor;

import dev.mehari.cli.monitor.Grid.Cell;
import dev.mehari.cli.monitor.Reading.Credential;
import dev.mehari.cli.monitor.Reading.Upstream;
import java.time.Duration;
import java.util.Map;

/** What is listed: one table for each subject. */
enum Tables {
    UPSTREAMS {
        @Override
        Grid of(Reading reading) {
            Grid grid = new Grid(
                    reading.upstreams().total(), 3, "UPSTREAM", "STATE", "BREAKER", "ACTIVE", "FAILED", "TURNED AWAY");
            for (Upstream one : reading.upstreams().rows()) {
                grid.row(
                        Cell.of(one.name()),
                        new Cell(one.state(), level(one.state())),
                        new Cell(one.breaker().replace('_', ' '), level(one.breaker())),
                        Cell.of(one.inFlight()),
                        Cell.of(one.failures() + " of " + one.calls()),
                        Cell.of(one.away()));
            }
            return grid;
        }
    },
    KEYS {
        @Override
        Grid of(Reading reading) {
            Grid grid = new Grid(
                    reading.keys().total(), 1, "KEY", "ACTIVE", "WAITING", "CALLS/S", "REFUSED", "FAILED", "CALLS");
            for (Reading.Key one : reading.keys().rows()) {
                grid.row(
                        Cell.of(one.name()),
                        Cell.of(one.active()),
                        new Cell(Long.toString(one.waiting()), Level.ofQueue(one.waiting())),
                        Cell.of(LoadPart.number(one.perSecond())),
                        new Cell(Long.toString(one.refused()), Level.ofRefusals(one.refused(), one.calls())),
                        Cell.of(one.failed()),
                        Cell.of(one.calls()));
            }
            return grid;
        }
    },
    CREDENTIALS {
        @Override
        Grid of(Reading reading) {
            Grid grid = new Grid(
                    reading.credentials().total(), 3, "CREDENTIAL", "STATE", "UPSTREAM", "ACTIVE", "FAILED", "CALLS");
            for (Credential one : reading.credentials().rows()) {
                String cap = one.cap() == 0 ? "" : " / " + one.cap();
                Duration benched = one.benchedFor();
                String until = benched == null ? "" : " " + benched.toSeconds() + " s";
                grid.row(
                        Cell.of(one.name()),
                        new Cell(one.state() + until, level(one.state())),
                        Cell.of(one.upstream()),
                        Cell.of(one.inFlight() + cap),
                        Cell.of(one.failures()),
                        Cell.of(one.calls()));
            }
            return grid;
        }
    };

    private static final Map<String, Level> LEVELS = Map.of(
            "failed", Level.CRITICAL,
            "open", Level.CRITICAL,
            "forced_open", Level.CRITICAL,
            "ejected", Level.WARN,
            "half_open", Level.WARN,
            "benched", Level.WARN,
            "trial", Level.WARN,
            "refreshing", Level.WARN,
            "used-up", Level.WARN);

    abstract Grid of(Reading reading);

    private static Level level(String state) {
        return LEVELS.getOrDefault(state, Level.NORMAL);
    }
}
