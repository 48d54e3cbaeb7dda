package dev.mehari.app;

import dev.mehari.config.Configuration;
import dev.mehari.credential.Attempt;
import dev.mehari.credential.AttemptLog;
import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialPool;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialTester;
import dev.mehari.credential.CredentialView;
import dev.mehari.credential.JudgeAnswer;
import dev.mehari.credential.LearnFromFailure;
import dev.mehari.credential.LiveCredentials.Live;
import dev.mehari.credential.PoolLoader;
import dev.mehari.credential.PoolObserver;
import dev.mehari.credential.PoolWays;
import dev.mehari.credential.PooledProbes;
import dev.mehari.credential.TakeCredential;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.AnsweredByUpstream;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.outbound.AskWithCredential;
import dev.mehari.outbound.OutboundHttp;
import dev.mehari.storage.ChangeListener;
import dev.mehari.storage.CredentialTable;
import dev.mehari.storage.Database;
import dev.mehari.telemetry.PoolMeters;
import dev.mehari.upstream.Candidates;
import dev.mehari.upstream.UpstreamHealth;
import dev.mehari.upstream.Ways;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** Builds the pool of credentials and what it lives on: its stores, fresh tokens, and knowledge of what works. */
final class PoolWiring implements AutoCloseable {
    private static final int SERVER_ERROR = 500;

    private final Configuration configuration;
    private final CredentialTable table;
    private final CredentialPool pool;
    private final PoolLoader loader;
    private final OutboundHttp http = new OutboundHttp();
    private final TokensWiring tokens;
    private final HealthWiring health;
    private final UpstreamHealth breakers;
    private final ScheduledExecutorService timer;

    /**
     * Nothing is read, asked or refreshed before {@link #start}.
     *
     * @param breakers false for an upstream whose circuit breaker is open
     */
    PoolWiring(
            Configuration configuration,
            Database database,
            CredentialsWiring credentials,
            UpstreamsWiring upstreams,
            UpstreamHealth breakers,
            EventNotes events,
            MeterRegistry meters,
            ScheduledExecutorService timer,
            SecureRandom random) {
        this.configuration = configuration;
        this.breakers = breakers;
        this.timer = timer;
        Clock clock = Clock.systemUTC();
        table = credentials.table();
        tokens = new TokensWiring(
                configuration.credentials(),
                database,
                credentials.box(),
                upstreams.store(),
                this::reload,
                http,
                timer,
                meters,
                random.nextLong());
        health = new HealthWiring(
                configuration.probe(),
                upstreams.store(),
                () -> upstreams.upstreams().all(),
                new PooledProbes(this::views, clock),
                http,
                database.threads(),
                timer,
                meters,
                random);
        PoolMeters poolMeters = new PoolMeters(meters);
        pool = new CredentialPool(
                table,
                database.threads(),
                tokens.keeper(),
                configuration.credentials(),
                clock,
                System::nanoTime,
                new Observers(poolMeters, events));
        poolMeters.follow(pool::views, pool::waitingCalls);
        loader = new PoolLoader(pool, table, credentials.rules(), database.threads(), clock);
        upstreams.alsoReload(health.states()::reload);
        upstreams.alsoReload(() -> pool.upstreamsAre(upstreams.upstreams().all()));
    }

    void bindTo(Main main) {
        tokens.bindTo(main);
    }

    /** Takes a place with one of the candidates. */
    AsyncProcessor takeCredential() {
        return new TakeCredential(pool, configuration.credentials().patience());
    }

    /** Judges the answer, and notes when calls go elsewhere than they would. */
    Processor judgeAnswer() {
        JudgeAnswer judge = new JudgeAnswer(pool);
        return exchange -> {
            judge.process(exchange);
            if (exchange.getProperty(ExchangeKeys.CANDIDATES) instanceof Candidates candidates
                    && exchange.getProperty(ExchangeKeys.ATTEMPTS) instanceof AttemptLog log
                    && exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt) {
                health.switches()
                        .answered(
                                candidates.preferred(),
                                attempt.upstream(),
                                log.attempts().size());
            }
        };
    }

    /** Lets the pool, and what knows whether upstreams work, learn from a try that failed. */
    Processor learnFromFailure() {
        LearnFromFailure learn = new LearnFromFailure(pool);
        return exchange -> {
            learn.process(exchange);
            AnsweredByUpstream answered = AnsweredByUpstream.in(exchange.getException());
            if (answered != null
                    && answered.status() >= SERVER_ERROR
                    && exchange.getProperty(ExchangeKeys.ATTEMPT) instanceof Attempt attempt) {
                health.states().failed(attempt.upstream().name(), "http_" + answered.status());
            }
        };
    }

    Ways ways() {
        return new PoolWays(pool, upstream -> marks().isUsable(upstream) && breakers.isUsable(upstream), ejections());
    }

    /** False for an upstream that is marked as failed. */
    UpstreamHealth marks() {
        return health.states();
    }

    /** False for an upstream that is left alone for a while. */
    UpstreamHealth ejections() {
        return upstream -> !health.states().isEjected(upstream.name());
    }

    CredentialPool pool() {
        return pool;
    }

    /** {@code failed} for an upstream that is marked so, {@code ejected} for one left alone for a while, else {@code up}. */
    String stateOf(String upstream) {
        if (health.states().isFailed(upstream)) {
            return "failed";
        }
        return health.states().isEjected(upstream) ? "ejected" : "up";
    }

    /** What this instance knows of a credential. */
    Live live(long credential) {
        CredentialView view = pool.view(credential);
        return view == null
                ? Live.NOTHING
                : new Live(
                        view.inFlight(),
                        view.learnt() == 0 ? null : view.learnt(),
                        view.state() == CredentialView.State.TRIAL);
    }

    /** Fetches a new token because an operator wants one. */
    @Nullable
    String refresh(long credential) throws StorageUnavailable {
        return tokens.renewing().refresh(credential);
    }

    /** Tries a credential because an operator wants it. */
    CredentialTester tester() {
        return new AskWithCredential(http, configuration.probe().timeout(), System::nanoTime);
    }

    /** Knows what is stored. Blocks. */
    void reload() throws StorageUnavailable {
        loader.load();
    }

    // The pool is made after those who ask for this.
    private List<CredentialView> views() {
        return pool.views();
    }

    /** Before {@code listener} starts. Reads what is stored. Blocks. */
    void start(ChangeListener listener) throws StorageUnavailable {
        loader.load();
        table.follow(listener, loader::changed, loader::benched);
        pool.start(timer);
        timer.scheduleWithFixedDelay(loader::retry, 1, 1, TimeUnit.SECONDS);
        tokens.start();
        health.start();
    }

    /** Once all calls are over. Blocks. */
    @Override
    public void close() {
        health.close();
        tokens.close();
        pool.close();
        http.close();
    }

    /** Tells both, and what knows whether upstreams work; calls of the warm-up concern nobody. */
    private final class Observers implements PoolObserver {
        private final PoolMeters meters;
        private final EventNotes events;

        Observers(PoolMeters meters, EventNotes events) {
            this.meters = meters;
            this.events = events;
        }

        @Override
        public void ended(String upstream, Outcome outcome) {
            if (upstream.equals(WarmUp.UPSTREAM)) {
                return;
            }
            meters.ended(upstream, outcome);
            if (outcome == Outcome.SUCCESS) {
                health.states().succeeded(upstream);
            } else if (outcome == Outcome.FAILED) {
                health.states().failed(upstream, "upstream_failed");
            }
        }

        @Override
        public void benched(Credential credential, Bench bench) {
            meters.benched(credential, bench);
            events.benched(credential, bench);
        }

        @Override
        public void returned(Credential credential, String model) {
            events.returned(credential, model);
        }

        @Override
        public void banned(Credential credential, int status) {
            events.banned(credential, status);
        }
    }
}
