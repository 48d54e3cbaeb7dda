package dev.mehari.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a file with routes from its text alone: whether it is YAML, whether it holds only what can be exchanged
 * while requests are under way, and on which line something is.
 */
final class RouteText {
    /** What is refused registers something in the running context for good, where an exchange could not take it back. */
    private static final Set<String> TAKEN = Set.of(
            "route",
            "from",
            "routeConfiguration",
            "route-configuration",
            "onException",
            "on-exception",
            "onCompletion",
            "on-completion",
            "intercept",
            "errorHandler",
            "error-handler");

    /** Steps that Camel takes with a plain value beside their name; at others it fails without a word. */
    private static final Set<String> PLAIN = Set.of(
            "bean",
            "convertBodyTo",
            "kamelet",
            "log",
            "poll",
            "removeHeader",
            "removeHeaders",
            "removeProperties",
            "removeProperty",
            "removeVariable",
            "rollback",
            "sample",
            "setExchangePattern",
            "to",
            "toD");

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern LINE = Pattern.compile("line:? (\\d+)");
    private static final Pattern WORD = Pattern.compile("[\\w{][\\w.:#@/{}-]{2,}[\\w}]");

    private RouteText() {}

    /** Checks {@code file} as far as its text alone goes. */
    static void check(RouteFile file) throws RoutesRefused {
        JsonNode root = parsed(file);
        if (!root.isArray()) {
            throw new RoutesRefused(
                    file.name(),
                    1,
                    "is not a list of routes: begin with \"- route:\" or \"- routeConfiguration:\"",
                    null);
        }
        List<RoutesProblem> problems = new ArrayList<>();
        for (JsonNode item : root) {
            for (Iterator<String> names = item.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!TAKEN.contains(name)) {
                    problems.add(new RoutesProblem(
                            file.name(),
                            lineOf(file, "- " + name + ":"),
                            name + " cannot be in a file with routes here; what can be is route, from,"
                                    + " routeConfiguration, onException, onCompletion, errorHandler and intercept"));
                }
            }
        }
        for (JsonNode item : root) {
            JsonNode route = item.path("route");
            if (route.isObject() && !route.hasNonNull("from")) {
                problems.add(withoutFrom(file, route));
            }
        }
        if (!problems.isEmpty()) {
            throw new RoutesRefused(problems, null);
        }
    }

    private static RoutesProblem withoutFrom(RouteFile file, JsonNode route) {
        String id = route.path("id").asText();
        int named = id.isEmpty() ? 0 : lineOf(file, "id: " + id);
        return new RoutesProblem(
                file.name(),
                named > 0 ? named : lineOf(file, "route:"),
                (id.isEmpty() ? "a route" : "the route " + id) + " has no from: say where its exchanges come from");
    }

    /** Why Camel could not read {@code file}. */
    static RoutesRefused unreadable(RouteFile file, Exception wrong) throws RoutesRefused {
        String plain = wrong instanceof UnsupportedOperationException ? firstPlain(parsed(file)) : null;
        return plain == null
                ? new RoutesRefused(file.name(), lineOf(file, wrong, null), message(wrong), wrong)
                : new RoutesRefused(
                        file.name(),
                        lineOf(file, "- " + plain + ":"),
                        plain + " takes no plain value: write what belongs to it on indented lines below",
                        wrong);
    }

    /** The first step, or item of a file, with a plain value that it cannot take; null when there is none. */
    private static @Nullable String firstPlain(JsonNode items) {
        for (JsonNode item : items) {
            for (Map.Entry<String, JsonNode> step : item.properties()) {
                if (step.getValue().isValueNode() && !PLAIN.contains(step.getKey())) {
                    return step.getKey();
                }
            }
            for (JsonNode steps : item.findValues("steps")) {
                String plain = firstPlain(steps);
                if (plain != null) {
                    return plain;
                }
            }
        }
        return null;
    }

    private static JsonNode parsed(RouteFile file) throws RoutesRefused {
        try {
            JsonNode root = YAML.readTree(file.text());
            if (root == null || root.isMissingNode() || root.isNull()) {
                throw new RoutesRefused(file.name(), 1, "is empty: delete it, or write routes into it", null);
            }
            return root;
        } catch (JsonProcessingException wrong) {
            int line = wrong.getLocation() == null ? 0 : wrong.getLocation().getLineNr();
            throw new RoutesRefused(file.name(), line, "is not YAML: " + wrong.getOriginalMessage(), wrong);
        }
    }

    /** The first line, from 1 on, that holds {@code part} outside of a comment; 0 when none does. */
    static int lineOf(RouteFile file, String part) {
        return lineOf(file.text().lines().toList(), part, 0);
    }

    private static int lineOf(List<String> lines, String part, int from) {
        for (int i = from; i < lines.size(); i++) {
            if (!lines.get(i).strip().startsWith("#") && lines.get(i).contains(part)) {
                return i + 1;
            }
        }
        return 0;
    }

    /**
     * The line that {@code failure} is about: the one that it names, else that of the rarest word of its message that is in
     * the file, else that of the route.
     *
     * @param route id of the route; null when it is not known
     */
    static int lineOf(RouteFile file, Throwable failure, @Nullable String route) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher line = LINE.matcher(String.valueOf(cause.getMessage()));
            if (line.find()) {
                return Integer.parseInt(line.group(1));
            }
        }
        List<String> lines = file.text().lines().toList();
        int begin = route == null ? 0 : lineOf(lines, "id: " + route, 0);
        int best = 0;
        int fewest = Integer.MAX_VALUE;
        // Camel repeats direct:name as direct://name.
        Matcher words = WORD.matcher(message(failure) + " " + message(failure).replace("://", ":"));
        while (words.find()) {
            String word = words.group();
            int found = lineOf(lines, word, Math.max(0, begin - 1));
            int times = times(lines, word);
            if (found > 0 && times < fewest) {
                best = found;
                fewest = times;
            }
        }
        return best > 0 ? best : begin;
    }

    private static int times(List<String> lines, String word) {
        return (int) lines.stream().filter(line -> line.contains(word)).count();
    }

    /** The innermost sentence of {@code failure}: what Camel puts around it repeats the whole route. */
    static String message(Throwable failure) {
        Throwable best = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                best = cause;
            }
        }
        return best.getMessage() == null ? best.toString() : best.getMessage();
    }
}
