package dev.mehari.credential;

import dev.mehari.config.CredentialConfig;
import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.PoolObserver.Outcome;
import dev.mehari.upstream.ResetHints;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a try says of its credential. One that was refused is benched by the first rule that matches: until the
 * answer says, or for the rule's time. For any thread.
 */
final class Verdicts {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;

    private final LearntWriter writer;
    private final PoolObserver observer;
    private final Adaptive adaptive;
    private final boolean bans;
    private final Clock clock;
    private volatile BenchRules rules = BenchRules.DEFAULT;

    Verdicts(LearntWriter writer, PoolObserver observer, CredentialConfig config, Clock clock) {
        this.writer = writer;
        this.observer = observer;
        this.adaptive = config.adaptive();
        this.bans = config.ban();
        this.clock = clock;
    }

    void judgeBy(BenchRules now) {
        rules = now;
    }

    boolean isRefusal(int status, byte[] body) {
        return status == UNAUTHORIZED || status == FORBIDDEN || status == TOO_MANY || rules.of(status, body) != null;
    }

    void succeeded(Attempt attempt) {
        Place place = attempt.place();
        if (place == null) {
            return;
        }
        place.sent();
        List<Bench> over = List.of();
        LiveCredential with = place.credential();
        synchronized (place.group()) {
            if (!place.judge()) {
                return;
            }
            if (with != null) {
                long now = clock.millis();
                with.use().succeeded(now);
                over = with.benches().succeed(place);
                if (adaptive != Adaptive.OFF) {
                    with.adaptive().succeeded(now);
                }
            }
        }
        for (Bench bench : over) {
            writer.release(bench);
            if (with != null) {
                observer.returned(with.credential(), bench.model());
            }
        }
        observer.ended(attempt.upstream().name(), Outcome.SUCCESS);
    }

    void refused(Attempt attempt, Answer answer) {
        Place place = attempt.place();
        if (place == null) {
            return;
        }
        place.sent();
        LiveCredential with = place.credential();
        Instant now = clock.instant();
        Finding finding = with == null ? null : finding(answer, now);
        Bench bench = null;
        boolean banned = bans && answer.status() == FORBIDDEN && with != null;
        synchronized (place.group()) {
            if (!place.judge()) {
                return;
            }
            if (with != null) {
                with.use().failed(now.toEpochMilli(), answer.status(), "http_" + answer.status());
                if (answer.status() == TOO_MANY && adaptive != Adaptive.OFF) {
                    with.adaptive().refused(place.underWay(), place.epoch(), place.takenMillis(), now.toEpochMilli());
                }
                if (finding != null) {
                    bench = bench(attempt, place, with, finding);
                }
                if (banned) {
                    with.ban();
                }
            }
        }
        if (with != null && bench != null) {
            writer.bench(bench);
            observer.benched(with.credential(), bench);
        }
        if (with != null && banned) {
            writer.disable(with.id(), "banned: " + answer.status());
            observer.banned(with.credential(), answer.status());
        }
        observer.ended(attempt.upstream().name(), Outcome.REFUSED);
    }

    /** What an answer says of how long to leave its credential alone. */
    private record Finding(int status, BenchRule rule, ResetHints hints, Instant at) {}

    /** Reads the answer, so not under a lock; null when nothing is benched for it. */
    private @Nullable Finding finding(Answer answer, Instant now) {
        BenchRule rule = rules.of(answer.status(), answer.body());
        return rule == null ? null : new Finding(answer.status(), rule, answer.resetHints(now), now);
    }

    /** Under the group's lock. */
    private @Nullable Bench bench(Attempt attempt, Place place, LiveCredential with, Finding finding) {
        boolean tooMany = finding.status() == TOO_MANY;
        BenchRule rule = finding.rule();
        ResetHints hints = finding.hints();
        Instant now = finding.at();
        Instant told = tooMany ? BenchEnd.told(hints, now) : null;
        if (tooMany && told == null && rule.body() == null && adaptive == Adaptive.ON && place.underWay() > 1) {
            return null; // there were too many at once, and the cap is lower now
        }
        Instant until = told;
        if (until == null) {
            until = tooMany ? now.plus(rule.duration()) : BenchEnd.atLeast(rule.duration(), hints, now);
        }
        if (!until.isAfter(now)) {
            return null;
        }
        String model = "";
        if (rule.scope() == BenchRule.Scope.MODEL && attempt.model() != null) {
            model = attempt.model();
        }
        Bench wanted = new Bench(with.id(), model, rule.reason(), finding.status(), now, until);
        return with.benches().bench(wanted, place, told != null);
    }

    void failed(Attempt attempt, String code) {
        Place place = attempt.place();
        if (place == null) {
            return;
        }
        synchronized (place.group()) {
            if (!place.judge()) {
                return;
            }
            if (place.credential() != null && place.isSent()) {
                place.credential().use().failed(clock.millis(), 0, code);
            }
        }
        observer.ended(attempt.upstream().name(), Outcome.FAILED);
    }

    void told(Attempt attempt, long remaining) {
        Place place = attempt.place();
        if (place != null && place.credential() != null) {
            synchronized (place.group()) {
                place.credential().adaptive().told(remaining);
            }
        }
    }

    /** The place has been given back; a try without a verdict was given up. */
    void ended(Place place) {
        boolean abandoned;
        synchronized (place.group()) {
            abandoned = place.judge();
        }
        if (abandoned) {
            observer.ended(place.group().upstream(), Outcome.ABANDONED);
        }
    }
}
