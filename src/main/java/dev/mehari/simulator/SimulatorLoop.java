package dev.mehari.simulator;

import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What the connections of one event loop share; no other thread touches it. */
record SimulatorLoop(
        Simulation simulation,
        SimulatorCounters counters,
        RandomGenerator random,
        RecentAnswers recent,
        LongSupplier nanos) {}
