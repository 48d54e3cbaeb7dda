package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.StringJoiner;

/** Credentials for people to read. */
final class CredentialText {
    private CredentialText() {}

    /** One line a credential, in columns. */
    static void table(JsonNode credentials, PrintWriter out) {
        Columns columns = new Columns("ID", "UPSTREAM", "NAME", "KIND", "STATE", "HINT", "CALLS", "FAILURES", "WHY");
        for (JsonNode one : credentials) {
            columns.row(
                    text(one, "id"),
                    text(one, "upstream"),
                    text(one, "name"),
                    text(one, "kind"),
                    text(one, "state"),
                    text(one, "hint"),
                    text(one, "calls"),
                    text(one, "failures"),
                    why(one));
        }
        columns.print(out);
    }

    /** All that there is to say about one. */
    static void card(JsonNode credential, PrintWriter out) {
        for (Map.Entry<String, JsonNode> field : credential.properties()) {
            JsonNode value = field.getValue();
            String shown = value.isContainerNode() ? (value.isEmpty() ? "" : value.toString()) : value.asText();
            if (!value.isNull() && !shown.isEmpty()) {
                out.printf("%-15s %s%n", field.getKey().replace('_', ' '), shown);
            }
        }
    }

    private static String why(JsonNode credential) {
        StringJoiner why = new StringJoiner("; ");
        if (!text(credential, "disabled_for").isEmpty()) {
            why.add(text(credential, "disabled_for"));
        }
        for (JsonNode bench : credential.path("benches")) {
            String model = text(bench, "model");
            why.add(text(bench, "reason") + (model.isEmpty() ? "" : " for " + model) + " until "
                    + text(bench, "until"));
        }
        if (!text(credential, "refresh_error").isEmpty()) {
            why.add(text(credential, "refresh_error"));
        }
        return why.toString();
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isNull() ? "" : value.asText();
    }
}
