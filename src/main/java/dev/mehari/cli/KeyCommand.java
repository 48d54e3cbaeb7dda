package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** A command about one key, which is named by its id or by its name. */
abstract class KeyCommand extends AdminCommand {
    @Parameters(paramLabel = "KEY", description = "Its id, or its name.")
    private String key = "";

    /** Asks about the key at {@code path}. */
    abstract JsonNode ask(AdminClient client, String path) throws AdminFailure;

    /** True when a deleted key is meant rather than one that is not, should both have the name. */
    boolean meansDeleted() {
        return false;
    }

    @Override
    final JsonNode ask(AdminClient client) throws AdminFailure {
        return ask(client, "/api/keys/" + AdminClient.segment(id(client)));
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        KeyText.card(answer, out);
    }

    private String id(AdminClient client) throws AdminFailure {
        List<JsonNode> meant = new ArrayList<>();
        List<JsonNode> others = new ArrayList<>();
        for (JsonNode one : client.get("/api/keys?state=all").path("keys")) {
            if (one.path("id").asText().equals(key)) {
                meant.add(one);
            } else if (one.path("name").asText().equals(key)) {
                boolean deleted = one.path("state").asText().equals("deleted");
                (deleted == meansDeleted() ? meant : others).add(one);
            }
        }
        if (meant.isEmpty()) {
            meant = others;
        }
        if (meant.isEmpty()) {
            throw new AdminFailure(
                    "There is no key with the id or name " + key + ". `mehari keys list --all` shows all.", true);
        }
        if (meant.size() > 1) {
            throw new AdminFailure(
                    "Several keys are meant by " + key + ": say one id of "
                            + String.join(
                                    ", ",
                                    meant.stream()
                                            .map(one -> one.path("id").asText())
                                            .toList())
                            + ".",
                    true);
        }
        return meant.get(0).path("id").asText();
    }
}
