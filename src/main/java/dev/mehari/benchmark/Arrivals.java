package dev.mehari.benchmark;

/** Decides when requests are due. Times are nanoseconds since the start of the run. One thread. */
interface Arrivals {
    /** Returned by {@link #next(long)} when no request is due. */
    long NONE = -1;

    /** Takes the next request that is due at {@code now} and returns when it was; {@link #NONE} if there is none. */
    long next(long now);

    /** Returns how many requests are due at {@code now} and not taken. */
    long due(long now);

    /** Returns how long after {@code now} to look again, 0 when requests become due by answers only. */
    long untilNext(long now);

    /** Returns whether no further request will ever be due. */
    boolean isExhausted(long now);

    /** Returns the earliest end of the run, so that a schedule's last interval counts. */
    long notBefore();

    /** A request is due whenever a connection is free. */
    final class ClosedLoop implements Arrivals {
        private final long endNanos;
        private final long requests;
        private long issued;

        ClosedLoop(LoadPlan plan) {
            requests = plan.requests() == 0 ? Long.MAX_VALUE : plan.requests();
            endNanos = plan.requests() == 0 ? plan.duration().toNanos() : Long.MAX_VALUE;
        }

        @Override
        public long next(long now) {
            if (due(now) <= 0) {
                return NONE;
            }
            issued++;
            return now;
        }

        @Override
        public long due(long now) {
            return isExhausted(now) ? 0 : requests - issued;
        }

        @Override
        public long untilNext(long now) {
            return 0;
        }

        @Override
        public boolean isExhausted(long now) {
            return issued >= requests || now >= endNanos;
        }

        @Override
        public long notBefore() {
            return 0;
        }
    }

    /** Request n is due n intervals after the start, whether or not a connection is free. */
    final class OpenLoop implements Arrivals {
        private final double intervalNanos;
        private final long requests;
        private long issued;

        OpenLoop(LoadPlan plan) {
            intervalNanos = 1e9 / plan.rps();
            requests = plan.requests() > 0
                    ? plan.requests()
                    : Math.max(1, Math.round(plan.duration().toNanos() / intervalNanos));
        }

        @Override
        public long next(long now) {
            if (due(now) <= 0) {
                return NONE;
            }
            return dueNanos(issued++);
        }

        @Override
        public long due(long now) {
            if (now < dueNanos(issued)) {
                return 0;
            }
            return Math.min(requests, 1 + (long) (now / intervalNanos)) - issued;
        }

        @Override
        public long untilNext(long now) {
            return Math.max(1, dueNanos(issued) - now);
        }

        @Override
        public boolean isExhausted(long now) {
            return issued >= requests;
        }

        @Override
        public long notBefore() {
            return dueNanos(requests);
        }

        private long dueNanos(long number) {
            return (long) (number * intervalNanos);
        }
    }
}
