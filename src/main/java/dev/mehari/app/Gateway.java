package dev.mehari.app;

import dev.mehari.admin.AdminToken;
import dev.mehari.caller.NewKey;
import dev.mehari.config.Configuration;
import dev.mehari.config.ListenConfig;
import dev.mehari.config.Secret;
import dev.mehari.storage.DataFolder;
import dev.mehari.storage.Database;
import dev.mehari.upstream.Upstream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running Mehari. {@link #start} opens the storage, then wires and starts the routes; {@link #close} ends it all in
 * reverse: stop accepting, let calls finish, break off the rest, stop the routes, close the storage.
 */
public final class Gateway implements AutoCloseable {
    private final Opened opened = new Opened();
    private final Wiring wiring;
    private final @Nullable NewKey firstKey;

    /**
     * What a gateway needs to know that is not a setting.
     *
     * @param routes folder with the routes; null for the packaged ones
     * @param initialKey {@code MEHARI_INITIAL_KEY}; null for a random first key
     */
    public record Options(
            Configuration configuration,
            @Nullable Path routes,
            @Nullable String initialKey) {}

    /**
     * Starts, and returns when requests can be served.
     *
     * @throws dev.mehari.storage.StorageStartException when the data folder or the database cannot be used
     * @throws Exception when a port is taken or a route cannot be built; nothing is left running
     */
    @SuppressWarnings("PMD.AvoidCatchingGenericException") // whatever fails, what was opened is closed
    public static Gateway start(Options options) throws Exception {
        return new Gateway(options);
    }

    private Gateway(Options options) throws Exception {
        Configuration configuration = options.configuration();
        try {
            SecureRandom random = new SecureRandom();
            DataFolder folder = opened.add(DataFolder.take(configuration.data().dir()));
            ListenConfig listen = configuration.listen();
            FreePort.check(listen.host(), listen.port(), "--port");
            FreePort.check(listen.adminHost(), listen.adminPort(), "--admin-port");
            Database database = opened.add(Database.open(configuration.data(), folder, random, System::nanoTime));
            Secret given = configuration.admin().token();
            AdminToken token =
                    given == null ? AdminToken.inFolder(folder.path(), random) : AdminToken.of(given.reveal());
            wiring = opened.add(new Wiring(configuration, options.routes(), token, database, opened));
            firstKey = configuration.auth().required() ? wiring.ensureFirstKey(options.initialKey(), random) : null;
            wiring.start();
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** The key that was made because there was none; its secret is known here only. */
    public @Nullable NewKey firstKey() {
        return firstKey;
    }

    /** The data port that is listened on. */
    public int port() {
        return wiring.port();
    }

    public int adminPort() {
        return wiring.adminPort();
    }

    public List<Upstream> upstreams() {
        return wiring.upstreams().all();
    }

    @Override
    public void close() {
        opened.close();
    }
}
