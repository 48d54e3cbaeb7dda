package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.upstream.UpstreamChange;
import org.apache.camel.Exchange;

/** What resources of upstreams have in common. */
final class UpstreamAnswers {
    private UpstreamAnswers() {}

    /** The {@code name} of the path. */
    static String name(Exchange exchange) throws AdminRefusal {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        String name = request.text("name");
        if (name == null) {
            throw unknown();
        }
        return name;
    }

    /** The upstream as a change has left it. */
    static ObjectNode json(UpstreamChange change) throws AdminRefusal {
        if (change instanceof UpstreamChange.Done done) {
            return UpstreamJson.of(done.upstream());
        }
        if (change instanceof UpstreamChange.NameTaken taken) {
            throw AdminRefusal.duplicateName("there is an upstream with the name " + taken.name() + " already");
        }
        throw unknown();
    }

    static AdminRefusal unknown() {
        return AdminRefusal.unknown("upstream", "name", "There is no stored upstream of this name.");
    }
}
