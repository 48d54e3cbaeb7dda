package dev.mehari.app;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.mehari.admin.CreateKey;
import dev.mehari.admin.DeleteKey;
import dev.mehari.admin.EditKey;
import dev.mehari.admin.PurgeKey;
import dev.mehari.admin.RestoreKey;
import dev.mehari.admin.ShowKey;
import dev.mehari.admin.ShowKeys;
import dev.mehari.caller.AuthorizeCall;
import dev.mehari.caller.CallCapture;
import dev.mehari.caller.Caller;
import dev.mehari.caller.FirstUses;
import dev.mehari.caller.IdentifyCaller;
import dev.mehari.caller.KeyCache;
import dev.mehari.caller.KeyGuesses;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.caller.KeyStore;
import dev.mehari.storage.Database;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Consumer;
import org.apache.camel.main.Main;

/** Builds what decides by keys on the data path, and what administers them. */
final class KeysWiring {
    private KeysWiring() {}

    /**
     * What finds callers.
     *
     * @param found told of the caller of each call
     * @param capture told of each call whose bodies may have to be kept
     */
    static IdentifyCaller identifyCaller(
            KeyStore store,
            KeyCache keys,
            Database database,
            Clock clock,
            Consumer<Caller> found,
            CallCapture capture) {
        return new IdentifyCaller(
                keys,
                new FirstUses(store, database.threads()),
                new KeyGuesses(Ticker.systemTicker()),
                clock,
                found,
                capture);
    }

    static void bindTo(Main main, KeyRegistry registry, SecureRandom random, Clock clock) {
        main.bind("authorizeCall", new AuthorizeCall());
        main.bind("createKey", new CreateKey(registry, clock, random));
        main.bind("showKeys", new ShowKeys(registry, clock));
        main.bind("showKey", new ShowKey(registry, clock));
        main.bind("editKey", new EditKey(registry, clock));
        main.bind("deleteKey", new DeleteKey(registry, clock));
        main.bind("restoreKey", new RestoreKey(registry, clock));
        main.bind("purgeKey", new PurgeKey(registry, clock));
    }
}
