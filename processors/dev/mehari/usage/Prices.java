package dev.mehari.usage;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prices as they were at one time. A model has the price of its own name; else of the pattern that matches with the most
 * characters of its own; else none.
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
