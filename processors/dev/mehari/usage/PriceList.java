package dev.mehari.usage;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.Charge;
import dev.mehari.limits.ChargeEstimate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What calls cost by the prices in force. A model without a price costs nothing, and is told of in the log once. For any
 * thread.
 */
public final class PriceList implements ChargeEstimate {
    private static final Logger LOG = LoggerFactory.getLogger(PriceList.class);
    private static final int BYTES_PER_TOKEN = AnswerMeter.BYTES_PER_TOKEN;
    private static final int MOST_TOLD = 100;

    private final PriceStore store;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final LongAdder unpriced = new LongAdder();
    private volatile Prices prices = new Prices(List.of());

    public PriceList(PriceStore store) {
        this.store = store;
    }

    /** Takes the prices over that the store has now. Blocks. */
    public void reload() throws StorageUnavailable {
        prices = new Prices(store.list());
    }

    /** All, sorted by pattern, as the store has them. Blocks. */
    public List<ModelPrice> list() throws StorageUnavailable {
        return store.list();
    }

    /** Sets a price, in force here at once and on other instances within a second. Blocks. */
    public void set(ModelPrice price) throws StorageUnavailable {
        store.put(price);
        reload();
    }

    /** Takes a price away; false when there was none. Blocks. */
    public boolean delete(ModelPattern model) throws StorageUnavailable {
        boolean was = store.delete(model);
        reload();
        return was;
    }

    /** A token for every four bytes, at least one, all of it as input, for whatever upstream. */
    @Override
    public Charge of(@Nullable String model, int requestBytes) {
        long tokens = Math.max(1, requestBytes / BYTES_PER_TOKEN);
        ModelPrice price = model == null ? null : prices.of(model);
        long bounded = Math.min(tokens, TokenUsage.GREATEST);
        return new Charge(tokens, price == null ? 0 : price.of(new TokenUsage(bounded, 0, 0, 0, 0)));
    }

    /**
     * Nano-dollars that a call has cost; 0 for a model without a price.
     *
     * @param upstream that answered it; null when that is not known
     * @param model as the caller named it
     */
    long cost(@Nullable String upstream, @Nullable String model, TokenUsage tokens) {
        ModelPrice price = model == null ? null : prices.of(upstream, model);
        if (price != null) {
            return price.of(tokens);
        }
        if (tokens.total() > 0) {
            unpriced.increment();
            tellOnce(model);
        }
        return 0;
    }

    /** Calls with tokens that cost nothing since their model has no price. */
    public long unpricedCalls() {
        return unpriced.sum();
    }

    private void tellOnce(@Nullable String model) {
        String shown = model == null || !ModelNames.isSound(model) ? ModelNames.OTHER : model;
        if (told.size() < MOST_TOLD && told.add(shown)) {
            LOG.warn("Model {} has no price; its calls cost nothing until `mehari prices set` gives it one", shown);
        }
    }
}
