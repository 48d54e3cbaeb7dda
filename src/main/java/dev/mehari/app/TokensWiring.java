package dev.mehari.app;

import dev.mehari.config.CredentialConfig;
import dev.mehari.credential.RefreshLog;
import dev.mehari.credential.RefreshPlan;
import dev.mehari.credential.RenewToken;
import dev.mehari.credential.SpaceUserMessages;
import dev.mehari.credential.TokenKeeper;
import dev.mehari.outbound.HttpTokenEndpoint;
import dev.mehari.outbound.OutboundHttp;
import dev.mehari.storage.Database;
import dev.mehari.storage.SecretBox;
import dev.mehari.storage.TokenTable;
import dev.mehari.storage.UserGapTable;
import dev.mehari.telemetry.RefreshMeters;
import dev.mehari.upstream.UpstreamStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.main.Main;

/** Builds what keeps tokens fresh and people's messages apart. */
final class TokensWiring implements AutoCloseable {
    private final TokenKeeper keeper;
    private final RenewToken renewing;
    private final SpaceUserMessages spaceUserMessages;

    /**
     * Nothing is refreshed before {@link #start}.
     *
     * @param box opens and seals what is stored
     * @param events where refreshes are written down
     * @param reload makes the pool read its credentials anew; blocks
     * @param instance a number by chance
     */
    TokensWiring(
            CredentialConfig config,
            Database database,
            SecretBox box,
            UpstreamStore events,
            TokenKeeper.Reload reload,
            OutboundHttp http,
            ScheduledExecutorService timer,
            MeterRegistry meters,
            long instance) {
        Clock clock = Clock.systemUTC();
        TokenTable table = new TokenTable(database, box, clock);
        keeper = new TokenKeeper(
                table,
                new HttpTokenEndpoint(http, clock),
                new RefreshPlan(clock, config.refreshAhead(), instance),
                new RefreshLog(events, new RefreshMeters(meters), clock),
                reload,
                database.threads(),
                (wait, work) -> timer.schedule(work, wait.toNanos(), TimeUnit.NANOSECONDS));
        renewing = new RenewToken(keeper, table);
        spaceUserMessages = new SpaceUserMessages(new UserGapTable(database), config.userPatience(), System::nanoTime);
    }

    void bindTo(Main main) {
        main.bind("spaceUserMessages", spaceUserMessages);
    }

    /** For the pool, which needs tokens. */
    TokenKeeper keeper() {
        return keeper;
    }

    /** For operators. */
    RenewToken renewing() {
        return renewing;
    }

    void start() {
        keeper.start();
    }

    @Override
    public void close() {
        keeper.close();
    }
}
