package dev.mehari.caller;

import dev.mehari.exchange.Call;
import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.MehariFailure;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.failure.Unauthenticated;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller by the key presented in {@code Authorization: Bearer}, {@code x-api-key}, {@code api-key} or
 * {@code x-goog-api-key} (the first of them that is there counts), and takes all of these off the message, so that none travels on.
 * Sets {@link ExchangeKeys#CALLER}, {@link ExchangeKeys#KEY_ID}, {@link ExchangeKeys#PRIORITY} and, for a key with limits,
 * {@link ExchangeKeys#LIMITED_KEY}.
 *
 * <p>Fails with {@link Unauthenticated} for no key or one that is unknown, deleted, disabled or expired (which of these, only
 * the holder of the right key learns), with
 * {@code RequestRejected} for a malformed {@code X-Mehari-Priority}, and with {@link StorageUnavailable} for a key not
 * seen before while the database is away: whether it is valid is not known then.
 *
 * <p>A key in use is decided on the calling thread. Any other is looked up on the pool for blocking work, and the route
 * goes on on the call's event loop. That a key is unknown is said the later the more have been tried from the same
 * address ({@link KeyGuesses}), on a timer; a key that there is never waits for that.
 */
public final class IdentifyCaller extends AsyncProcessorSupport {
    static final int LONGEST_KEY = 512;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final KeyCache keys;
    private final FirstUses firstUses;
    private final KeyGuesses guesses;
    private final Clock clock;
    private final Consumer<Caller> found;
    private final CallCapture capture;

    public IdentifyCaller(KeyCache keys, FirstUses firstUses, KeyGuesses guesses, Clock clock) {
        this(keys, firstUses, guesses, clock, caller -> {}, (exchange, policy) -> {});
    }

    /**
     * Finds callers by {@code keys}.
     *
     * @param found told of the caller of each call that goes on; quick, for any thread
     * @param capture told of each call whose key has a policy of capture
     */
    public IdentifyCaller(
            KeyCache keys,
            FirstUses firstUses,
            KeyGuesses guesses,
            Clock clock,
            Consumer<Caller> found,
            CallCapture capture) {
        this.found = found;
        this.capture = capture;
        this.keys = keys;
        this.firstUses = firstUses;
        this.guesses = guesses;
        this.clock = clock;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        CallerHeaders headers = CallerHeaders.takeFrom(exchange.getMessage().getHeaders());
        String presented = headers.key();
        if (presented == null) {
            exchange.setException(new Unauthenticated(
                    "missing_api_key", "no API key: send one as \"Authorization: Bearer KEY\" or \"x-api-key: KEY\""));
        } else if (presented.length() > LONGEST_KEY) {
            return decide(Finding.Absent.INSTANCE, null, exchange, callback, true);
        } else {
            KeyHash hash = KeyHash.of(presented);
            Finding finding = keys.peek(hash);
            if (finding == null) {
                lookUp(hash, headers.priority(), exchange, callback);
                return false;
            }
            return decide(finding, headers.priority(), exchange, callback, true);
        }
        callback.done(true);
        return true;
    }

    private void lookUp(KeyHash hash, @Nullable String asked, Exchange exchange, AsyncCallback callback) {
        var unused = keys.find(hash).whenComplete((finding, failure) -> {
            Runnable goOn = () -> {
                if (failure == null) {
                    decide(finding, asked, exchange, callback, false);
                } else {
                    exchange.setException(asStorageFailure(failure));
                    callback.done(false);
                }
            };
            Call call = Call.of(exchange);
            if (call == null) {
                goOn.run();
                return;
            }
            try {
                call.executor().execute(goOn);
            } catch (RejectedExecutionException stopping) {
                goOn.run();
            }
        });
    }

    private boolean decide(
            Finding finding, @Nullable String asked, Exchange exchange, AsyncCallback callback, boolean sync) {
        if (!(finding instanceof Finding.Found found)) {
            return refuseUnknown(exchange, callback, sync);
        }
        try {
            admit(found.key(), asked, exchange);
        } catch (MehariFailure refusal) {
            exchange.setException(refusal);
        }
        callback.done(sync);
        return sync;
    }

    private boolean refuseUnknown(Exchange exchange, AsyncCallback callback, boolean sync) {
        exchange.setException(new Unauthenticated(
                "invalid_api_key", "this API key is not known here: check it, or ask your operator"));
        Call call = Call.of(exchange);
        InetAddress address = call == null ? null : call.clientAddress();
        Duration wait = address == null ? Duration.ZERO : guesses.next(address);
        if (call == null || wait.isZero()) {
            callback.done(sync);
            return sync;
        }
        DelayedRefusal.after(wait, call, () -> callback.done(false));
        return false;
    }

    private void admit(StoredKey key, @Nullable String asked, Exchange exchange) throws MehariFailure {
        check(key);
        Caller caller = key.caller();
        identify(caller, RequestPriority.of(asked, caller.priority()), exchange);
        found.accept(caller);
        if (key.limited() != null) {
            exchange.setProperty(ExchangeKeys.LIMITED_KEY, key.limited());
        }
        if (key.capture() != null) {
            capture.begin(exchange, key.capture());
        }
        if (key.awaitsFirstUse()) {
            firstUses.note(key.hash(), clock.instant());
        }
    }

    static void identify(Caller caller, int priority, Exchange exchange) {
        exchange.setProperty(ExchangeKeys.CALLER, caller);
        exchange.setProperty(ExchangeKeys.KEY_ID, caller.keyId());
        exchange.setProperty(ExchangeKeys.PRIORITY, priority);
    }

    private void check(StoredKey key) throws Unauthenticated {
        if (key.deleted()) {
            throw new Unauthenticated("api_key_deleted", "this API key is deleted: ask your operator for another");
        }
        if (!key.enabled()) {
            throw new Unauthenticated("api_key_disabled", "this API key is disabled: ask your operator to enable it");
        }
        if (key.isExpired(clock.millis())) {
            throw new Unauthenticated("api_key_expired", "this API key has expired: ask your operator for another");
        }
    }

    private static Throwable asStorageFailure(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MehariFailure
                ? cause
                : new StorageUnavailable("the API key could not be checked, try again", RETRY_AFTER, cause);
    }
}
