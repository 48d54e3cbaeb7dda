package dev.mehari.upstream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Orders upstreams by priority, and those of one priority by chance, so that each comes first in proportion to its weight.
 * That is weighted sampling without replacement (Efraimidis and Spirakis, 2006): sorted by {@code -ln(u) / weight}, where
 * {@code u} is uniform in (0, 1]. For any thread if {@code chance} is.
 */
public final class WeightedOrder {
    private final DoubleSupplier chance;

    /** @param chance uniform in [0, 1) */
    public WeightedOrder(DoubleSupplier chance) {
        this.chance = chance;
    }

    private record Ticket(Upstream upstream, double number) {}

    /** @param byPriority in ascending order of priority */
    List<Upstream> of(List<Upstream> byPriority) {
        if (!hasEquals(byPriority)) {
            return byPriority;
        }
        List<Ticket> tickets = new ArrayList<>(byPriority.size());
        for (Upstream upstream : byPriority) {
            double uniform = 1 - chance.getAsDouble();
            tickets.add(
                    new Ticket(upstream, -Math.log(uniform) / upstream.options().weight()));
        }
        tickets.sort(Comparator.<Ticket>comparingInt(
                        ticket -> ticket.upstream().options().priority())
                .thenComparingDouble(Ticket::number));
        return tickets.stream().map(Ticket::upstream).toList();
    }

    private static boolean hasEquals(List<Upstream> byPriority) {
        for (int i = 1; i < byPriority.size(); i++) {
            if (byPriority.get(i).options().priority()
                    == byPriority.get(i - 1).options().priority()) {
                return true;
            }
        }
        return false;
    }
}
