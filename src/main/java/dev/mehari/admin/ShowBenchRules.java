package dev.mehari.admin;

import dev.mehari.credential.BenchRuleBook;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;

/** Answers {@code GET /api/bench-rules} with {@code {"rules":[...]}}, in their order; named {@code showBenchRules}. */
public final class ShowBenchRules extends AdminResource {
    private final BenchRuleBook rules;

    public ShowBenchRules(BenchRuleBook rules) {
        this.rules = rules;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        AdminAnswer.put(exchange, 200, BenchRuleJson.write(rules.load()));
    }
}
