package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.usage.UsageQuery;
import dev.mehari.usage.UsageStore;
import dev.mehari.usage.UsageSum;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * Answers {@code GET /api/usage?key=&model=&upstream=&credential=&from=&to=&by=&format=} with {@code {"usage":[...]}}, latest
 * day first; named {@code showUsage}. As CSV with {@code format=csv}, or where {@code Accept} takes {@code text/csv} and
 * does not name JSON. Days are UTC, both included; without {@code from} they are the 30 up to {@code to}, without {@code to}
 * those up to today. Without {@code by} sums are by key, model and day. Key 0 stands for anonymous callers.
 */
public final class ShowUsage extends AdminResource {
    private final UsageStore store;
    private final Clock clock;

    public ShowUsage(UsageStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        Map<String, String> filters = request.filters(UsageFilters.NAMES);
        UsageQuery query = UsageFilters.query(filters, clock);
        boolean csv = request.wantsCsv(filters.get("format"));
        List<UsageSum> sums = store.find(query);
        if (csv) {
            AdminAnswer.putFile(
                    exchange,
                    CsvTable.TYPE,
                    "usage-" + query.from() + "-" + query.to() + ".csv",
                    UsageAnswer.csv(query.by(), sums).getBytes(UTF_8));
        } else {
            AdminAnswer.put(exchange, 200, UsageAnswer.json(sums));
        }
    }
}
