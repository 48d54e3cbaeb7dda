package dev.mehari.faults;

import dev.mehari.testing.LlmStub;
import dev.mehari.testing.LlmStub.Act;
import dev.mehari.testing.LlmStub.Cut;
import dev.mehari.testing.LlmStub.Garbage;
import dev.mehari.testing.LlmStub.Hint;
import dev.mehari.testing.LlmStub.Later;
import dev.mehari.testing.LlmStub.Refuse;
import dev.mehari.testing.LlmStub.Reset;
import dev.mehari.testing.LlmStub.Serve;
import dev.mehari.testing.LlmStub.Stall;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * An upstream that fails at random: of a thousand calls some forty are refused, left without an answer, reset, answered with
 * what is no HTTP, or cut; where there are storms, ten of a thousand between them. Everything takes a while, as an LLM does. From its seed on it does the same for the same calls in the same order, as far as their order is the same.
 */
final class RandomFaults implements LlmStub.Treatment {
    private static final Hint[] HINTS = {
        Hint.RETRY_AFTER, Hint.RETRY_AFTER_DATE, Hint.RETRY_AFTER_MS, Hint.OPENAI, Hint.ANTHROPIC, Hint.QUOTA_RESET
    };

    /** What a storm is made of. */
    enum Storm {
        /** Faults of all kinds, three of four calls. */
        OF_ALL,
        /** 503, four of five calls. */
        OF_REFUSALS
    }

    private static final int FAULTS = 48;
    private static final int OF_CALLS = 1_000;
    private static final int OF_CALLS_BETWEEN_STORMS = 4_000;
    private static final int OF_CALLS_IN_A_STORM = 64;

    private final SplittableRandom random;
    private final int calls;
    private final Storm kind;
    private final BooleanSupplier isStorm;

    private RandomFaults(long seed, int calls, Storm kind, BooleanSupplier isStorm) {
        random = new SplittableRandom(seed);
        this.calls = calls;
        this.kind = kind;
        this.isStorm = isStorm;
    }

    static RandomFaults steady(long seed) {
        return new RandomFaults(seed, OF_CALLS, Storm.OF_ALL, () -> false);
    }

    /** @param isStorm whether there is a storm now */
    static RandomFaults stormy(long seed, Storm kind, BooleanSupplier isStorm) {
        return new RandomFaults(seed, OF_CALLS_BETWEEN_STORMS, kind, isStorm);
    }

    @Override
    public synchronized Act treat(LlmStub.Use use) {
        return new Later(Duration.ofMillis(random.nextInt(50, 350)), act(use));
    }

    private Act act(LlmStub.Use use) {
        boolean isStormy = isStorm.getAsBoolean();
        if (isStormy && kind == Storm.OF_REFUSALS) {
            return random.nextInt(5) == 0 ? new Serve() : Refuse.with(503);
        }
        int chance = random.nextInt(isStormy ? OF_CALLS_IN_A_STORM : calls);
        if (chance < 4) {
            return Refuse.with(429);
        } else if (chance < 7) {
            Hint hint = HINTS[random.nextInt(HINTS.length)];
            return Refuse.with(429, hint, Duration.ofMillis(random.nextInt(1_000, 2_000)));
        } else if (chance < 20) {
            return Refuse.with(refusal(chance));
        } else if (chance < 24) {
            return new Stall();
        } else if (chance < 29) {
            return new Reset();
        } else if (chance < 33) {
            return new Garbage();
        } else if (chance < FAULTS) {
            return use.stream() || chance < 36 ? new Cut(random.nextInt(1 << 20)) : new Serve();
        }
        return new Serve();
    }

    private static int refusal(int chance) {
        return chance < 9 ? 401 : chance < 10 ? 403 : chance < 13 ? 500 : chance < 18 ? 503 : 529;
    }
}
