package dev.mehari.admin;

import dev.mehari.credential.BenchRuleBook;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers {@code PUT /api/bench-rules} {@code {"rules":[...]}} with the rules that are now in force in place of all before; 400
 * and no change when one of them cannot be; named {@code changeBenchRules}.
 */
public final class ChangeBenchRules extends AdminResource {
    private final BenchRuleBook rules;

    public ChangeBenchRules(BenchRuleBook rules) {
        this.rules = rules;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        rules.replace(BenchRuleJson.read(AdminBody.of(exchange, Set.of("rules")).node("rules")));
        AdminAnswer.put(exchange, 200, BenchRuleJson.write(rules.load()));
    }
}
