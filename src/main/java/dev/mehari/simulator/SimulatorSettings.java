package dev.mehari.simulator;

/**
 * What {@link SimulatedUpstream#start(SimulatorSettings)} needs.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 lets the system choose
 * @param eventLoops threads that serve connections, at least 1
 * @param seed start of the random sequence behind latencies and failures
 * @param pace speed of answers
 * @param faults failures
 */
public record SimulatorSettings(String host, int port, int eventLoops, long seed, Pace pace, Faults faults) {
    /** Listens on a free port of the loopback interface, answers at once and never fails. */
    public static final SimulatorSettings DEFAULT =
            new SimulatorSettings("127.0.0.1", 0, 1, 1, Pace.IMMEDIATE, Faults.NONE);

    public SimulatorSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("the port must be from 0 to 65535");
        }
        if (eventLoops < 1 || eventLoops > 64) {
            throw new IllegalArgumentException("the number of event loops must be from 1 to 64");
        }
    }

    /** Returns these settings listening elsewhere. */
    public SimulatorSettings listeningOn(String address, int number) {
        return new SimulatorSettings(address, number, eventLoops, seed, pace, faults);
    }

    /** Returns these settings with another pace. */
    public SimulatorSettings withPace(Pace changed) {
        return new SimulatorSettings(host, port, eventLoops, seed, changed, faults);
    }

    /** Returns these settings with other faults. */
    public SimulatorSettings withFaults(Faults changed) {
        return new SimulatorSettings(host, port, eventLoops, seed, pace, changed);
    }

    /** Returns these settings served by another number of threads. */
    public SimulatorSettings withEventLoops(int threads) {
        return new SimulatorSettings(host, port, threads, seed, pace, faults);
    }
}
