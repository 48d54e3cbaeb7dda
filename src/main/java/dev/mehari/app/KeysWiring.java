package dev.mehari.app;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.mehari.caller.AuthorizeCall;
import dev.mehari.caller.FirstUses;
import dev.mehari.caller.IdentifyCaller;
import dev.mehari.caller.KeyCache;
import dev.mehari.caller.KeyGuesses;
import dev.mehari.caller.KeyStore;
import dev.mehari.storage.Database;
import java.time.Clock;
import org.apache.camel.main.Main;

/** Builds what decides by keys on the data path. */
final class KeysWiring {
    private KeysWiring() {}

    static IdentifyCaller identifyCaller(KeyStore store, KeyCache keys, Database database, Clock clock) {
        return new IdentifyCaller(
                keys, new FirstUses(store, database.threads()), new KeyGuesses(Ticker.systemTicker()), clock);
    }

    static void bindTo(Main main) {
        main.bind("authorizeCall", new AuthorizeCall());
    }
}
