package dev.mehari.credential;

import dev.mehari.config.CredentialConfig;
import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.credential.Conversations.With;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.exchange.Conversation;
import dev.mehari.upstream.Upstream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * With which credential a call goes. In this order: the one that its conversation is with,
 * unless that one has far more to do than its peers; those of the lowest priority number that are usable; among these, as
 * the upstream's {@link dev.mehari.upstream.UpstreamOptions.Choice} says. What the call has tried is left out while
 * something else is usable. Taking one holds one group's lock for a pass over its members, and waits for nothing.
 *
 * <p>What is known of a credential here (calls under way, benches, turns, caps) survives {@link #reload}. For any thread.
 */
public final class CredentialPool implements AutoCloseable {
    private static final long TICK_MILLIS = 100;
    private static final int TICKS_TO_WRITE = 10;
    private static final int TICKS_TO_FORGET = 600;

    private final CredentialConfig config;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Roster roster;
    private final Conversations conversations;
    private final LearntWriter writer;
    private final PoolErrands errands;
    private final Verdicts verdicts;
    private final WaitingCalls waiting;
    private final Faults faults = new Faults();
    private @Nullable Future<?> timer;
    private int ticks;

    /**
     * A pool without credentials yet.
     *
     * @param blocking where the store is asked and told
     * @param nanos a clock as {@link System#nanoTime()}
     */
    public CredentialPool(
            CredentialStore store,
            Executor blocking,
            TokenRefresher refresher,
            CredentialConfig config,
            Clock clock,
            LongSupplier nanos,
            PoolObserver observer) {
        this.config = config;
        this.clock = clock;
        this.nanos = nanos;
        conversations = new Conversations(nanos::getAsLong);
        writer = new LearntWriter(store, blocking);
        roster = new Roster(writer);
        waiting = new WaitingCalls(this);
        errands = new PoolErrands(store, blocking, refresher, clock, waiting::wake);
        verdicts = new Verdicts(writer, observer, config, clock);
    }

    /** Looks after what changes with time: benches that end, turns and quotas to fetch, statistics to write. */
    public void start(ScheduledExecutorService scheduler) {
        timer = scheduler.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Its clock. */
    long nanoTime() {
        return nanos.getAsLong();
    }

    /** Each 100 ms. A fault in it ends neither the rest of it nor the next one. */
    void tick() {
        for (CredentialGroup group : roster.groups()) {
            faults.survive("Looking after an upstream's credentials", () -> errands.run(group, false));
        }
        waiting.wake();
        if (++ticks % TICKS_TO_WRITE == 0) {
            faults.survive("Counting calls of credentials", roster::gatherUse);
            faults.survive("Writing what was learnt of credentials", writer::write);
        }
        if (ticks % TICKS_TO_FORGET == 0) {
            faults.survive("Forgetting benches", errands::forgetBenches);
        }
    }

    /**
     * What the stores are not told yet. To be taken before they are read.
     *
     * @param at when that was
     * @param benches models of each credential whose benches are not written
     * @param disabled credentials that are disabled, which is not written
     */
    public record Unwritten(Instant at, Map<Long, Set<String>> benches, Set<Long> disabled) {}

    /** What the stores are not told yet. */
    public Unwritten unwritten() {
        return writer.unwritten(clock.instant());
    }

    /**
     * Takes over what the stores have, as a whole.
     *
     * @param before what they were not told when reading them began
     */
    public void reload(List<Credential> credentials, List<Bench> benches, Unwritten before) {
        roster.reload(credentials, benches, before);
        roster.groups().forEach(group -> errands.run(group, false));
        waiting.wake();
    }

    /** The same where only benches are read anew. */
    public void reloadBenches(List<Bench> benches, Unwritten before) {
        roster.reloadBenches(benches, before);
        waiting.wake();
    }

    /** Upstreams as they are now; calls that wait for one of them hear of its limits. */
    public void upstreamsAre(List<Upstream> all) {
        waiting.upstreamsAre(all);
    }

    /** Judges answers by {@code rules} from now on. */
    public void judgeBy(BenchRules rules) {
        verdicts.judgeBy(rules);
    }

    /**
     * Takes a place with the first candidate that has one.
     *
     * @param candidates best first
     * @param model by the name that the caller used; null when the call names none
     * @param conversation null when nothing is known of one
     * @param tried by this call before; not added to
     */
    public Taking take(
            List<Upstream> candidates, @Nullable String model, @Nullable Conversation conversation, AttemptLog tried) {
        long now = clock.millis();
        Outlook outlook = new Outlook();
        Attempt attempt = take(candidates, model, conversation, tried, false, now, outlook);
        if (attempt == null && !tried.attempts().isEmpty() && !outlook.isSoon()) {
            attempt = take(candidates, model, conversation, tried, true, now, outlook);
        }
        return attempt == null ? outlook.taking(now) : new Taking.Taken(attempt);
    }

    private @Nullable Attempt take(
            List<Upstream> candidates,
            @Nullable String model,
            @Nullable Conversation conversation,
            AttemptLog tried,
            boolean again,
            long now,
            Outlook outlook) {
        With with = conversation == null || conversation.begins() ? null : conversations.of(conversation.id());
        Upstream first = with == null ? null : named(candidates, with.upstream());
        if (first != null && with != null) {
            Attempt attempt = at(first, model, conversation, with, tried, again, now, outlook);
            if (attempt != null || outlook.isSoon()) {
                return attempt;
            }
        }
        With stays = first != null && outlook.isBusy() ? with : null;
        for (Upstream candidate : candidates) {
            if (first == null || !candidate.name().equals(first.name())) {
                Attempt attempt =
                        at(candidate, model, stays == null ? conversation : null, null, tried, again, now, outlook);
                if (attempt != null || outlook.isSoon()) {
                    return attempt;
                }
            }
        }
        return null;
    }

    private static @Nullable Upstream named(List<Upstream> candidates, String name) {
        for (Upstream candidate : candidates) {
            if (candidate.name().equals(name)) {
                return candidate;
            }
        }
        return null;
    }

    /** @param conversation null when it is not to be remembered where the call went */
    private @Nullable Attempt at(
            Upstream upstream,
            @Nullable String model,
            @Nullable Conversation conversation,
            @Nullable With with,
            AttemptLog tried,
            boolean again,
            long now,
            Outlook outlook) {
        CredentialGroup group = roster.group(upstream.name());
        Ask ask = ask(upstream, model, tried, again, now);
        CredentialGroup.Found found = group.take(this, upstream, ask, with == null ? 0 : with.credential(), outlook);
        if (group.hasErrands()) {
            errands.run(group, found == null);
        }
        if (found == null) {
            return null;
        }
        long stickyNanos = upstream.options().sticky().toNanos();
        if (conversation != null && stickyNanos > 0 && (with == null || found.forgets())) {
            long id = found.credential() == null ? 0 : found.credential().id();
            if (with == null || with.credential() != id) {
                conversations.put(conversation.id(), new With(upstream.name(), id, stickyNanos));
            }
        }
        return new Attempt(
                upstream, found.credential(), model == null ? null : ask.there(), nanos.getAsLong(), found.place());
    }

    private Ask ask(Upstream upstream, @Nullable String model, AttemptLog tried, boolean again, long now) {
        String there = model == null ? "" : upstream.options().modelThere(model);
        return new Ask(model, there, tried, again, config.adaptive() == Adaptive.ON, now);
    }

    /** True when something could be taken now; {@code again} as in {@link Ask}. */
    boolean hasUsable(
            List<Upstream> candidates, @Nullable String model, AttemptLog tried, boolean again, Outlook outlook) {
        long now = clock.millis();
        return candidates.stream()
                .anyMatch(one -> roster.group(one.name()).hasUsable(one, ask(one, model, tried, again, now), outlook));
    }

    void giveBack(Place place) {
        place.group().giveBack(place);
        verdicts.ended(place);
        waiting.wake();
    }

    /** The answer says nothing against the credential, and has ended well. */
    void succeeded(Attempt attempt) {
        verdicts.succeeded(attempt);
        attempt.end();
    }

    /** The upstream answered with a failure, or refused the credential. */
    void refused(Attempt attempt, Answer answer) {
        verdicts.refused(attempt, answer);
        attempt.end();
    }

    /** No answer, or one that broke; says nothing of the credential. */
    void failed(Attempt attempt, String code) {
        verdicts.failed(attempt, code);
        attempt.end();
    }

    /** True while there are adaptive caps, for which {@link #told} is to be asked. */
    boolean learnsCaps() {
        return config.adaptive() != Adaptive.OFF;
    }

    /** What the rate-limit headers of an answer say, for the adaptive cap. */
    void told(Attempt attempt, long remaining) {
        verdicts.told(attempt, remaining);
    }

    /** True for an answer that benches, or is to be tried elsewhere in any case. */
    boolean isRefusal(int status, byte[] body) {
        return verdicts.isRefusal(status, body);
    }

    WaitingCalls waiting() {
        return waiting;
    }

    /** Calls that wait for a place or a token. */
    public int waitingCalls() {
        return waiting.waiting();
    }

    /** Calls under way with an upstream, with whatever credential. */
    public int inFlight(String upstream) {
        return roster.inFlight(upstream);
    }

    /** How each credential stands here, by upstream, priority and id. */
    public List<CredentialView> views() {
        return roster.views(clock.millis(), config.adaptive());
    }

    /** How one credential stands; null when it is not known here. */
    public @Nullable CredentialView view(long credential) {
        return roster.view(credential, clock.millis(), config.adaptive());
    }

    /** Gives turns and quotas back and writes what has not been written. Blocks. */
    @Override
    public void close() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        roster.groups().forEach(errands::giveBack);
        roster.gatherUse();
        writer.close();
    }
}
