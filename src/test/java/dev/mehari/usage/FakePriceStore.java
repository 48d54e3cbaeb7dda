package dev.mehari.usage;

import java.util.List;

/** Prices in a list of the test's. */
public final class FakePriceStore implements PriceStore {
    private final List<ModelPrice> prices;

    public FakePriceStore(List<ModelPrice> prices) {
        this.prices = prices;
    }

    @Override
    public List<ModelPrice> list() {
        return List.copyOf(prices);
    }

    @Override
    public void put(ModelPrice price) {
        delete(price.model());
        prices.add(price);
    }

    @Override
    public boolean delete(ModelPattern model) {
        return prices.removeIf(price -> price.model().equals(model));
    }
}
