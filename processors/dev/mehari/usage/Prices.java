package dev.mehari.usage;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prices as they were at one time. A model has the price of its own name; else of the pattern that matches with the most
 * characters of its own; else none. A price may be for one upstream, as {@code upstream/model}.
 */
final class Prices {
    private static final Comparator<ModelPrice> CLOSEST_FIRST = Comparator.<ModelPrice>comparingInt(
                    price -> price.model().literals())
            .reversed()
            .thenComparing(price -> price.model().text());

    private final Map<String, ModelPrice> exact = new HashMap<>();
    private final List<ModelPrice> patterns;

    Prices(List<ModelPrice> all) {
        for (ModelPrice price : all) {
            if (price.model().isExact()) {
                exact.put(price.model().text(), price);
            }
        }
        patterns = all.stream()
                .filter(price -> !price.model().isExact())
                .sorted(CLOSEST_FIRST)
                .toList();
    }

    /**
     * The price of {@code model} where it comes from {@code upstream}: that of {@code upstream/model}, where the upstream's
     * name is written out, else that of the model.
     *
     * @param upstream null when that is not known
     */
    @Nullable
    ModelPrice of(@Nullable String upstream, String model) {
        if (upstream == null) {
            return of(model);
        }
        String prefix = upstream + "/";
        String there = prefix + model;
        ModelPrice own = exact.get(there);
        if (own != null || there.length() > ModelNames.LONGEST) {
            return own == null ? of(model) : own;
        }
        for (ModelPrice price : patterns) {
            if (price.model().text().startsWith(prefix) && price.model().matches(there)) {
                return price;
            }
        }
        return of(model);
    }

    @Nullable
    ModelPrice of(String model) {
        ModelPrice own = exact.get(model);
        if (own != null || model.length() > ModelNames.LONGEST) {
            return own;
        }
        for (ModelPrice price : patterns) {
            if (price.model().matches(model)) {
                return price;
            }
        }
        return null;
    }
}
