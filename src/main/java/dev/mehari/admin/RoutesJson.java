package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.admin.RoutesView.Checked;
import dev.mehari.admin.RoutesView.File;
import dev.mehari.admin.RoutesView.Listing;
import dev.mehari.admin.RoutesView.Older;
import dev.mehari.admin.RoutesView.Problem;
import java.util.List;

/** Routes as the admin API words them. */
final class RoutesJson {
    private RoutesJson() {}

    /** A file is {@code active}, or {@code refused} when what is in the folder now is something else that cannot be used. */
    static ObjectNode of(Listing listing) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("folder", listing.folder()).put("watched", listing.watched()).put("version", listing.version());
        ArrayNode files = json.putArray("files");
        for (File file : listing.files()) {
            List<Problem> own = listing.problems().stream()
                    .filter(problem -> file.name().equals(problem.file()))
                    .toList();
            ObjectNode one = files.addObject()
                    .put("file", file.name())
                    .put("state", own.isEmpty() ? "active" : "refused")
                    .put("version", file.version())
                    .put("loaded_at", file.loadedAt().toString());
            file.routes().forEach(one.putArray("routes")::add);
            one.put("error", own.isEmpty() ? null : own.get(0).message());
        }
        ArrayNode older = json.putArray("older");
        for (Older version : listing.older()) {
            older.addObject()
                    .put("version", version.version())
                    .put("loaded_at", version.loadedAt().toString())
                    .put("in_flight", version.underWay());
        }
        problems(json, listing.problems());
        return json;
    }

    static ObjectNode of(Checked checked) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("outcome", checked.outcome()).put("version", checked.version());
        checked.changed().forEach(json.putArray("changed")::add);
        problems(json, checked.problems());
        return json;
    }

    private static void problems(ObjectNode json, List<Problem> problems) {
        ArrayNode all = json.putArray("problems");
        for (Problem problem : problems) {
            ObjectNode one = all.addObject().put("file", problem.file());
            if (problem.line() > 0) {
                one.put("line", problem.line());
            } else {
                one.putNull("line");
            }
            one.put("message", problem.message());
        }
    }
}
