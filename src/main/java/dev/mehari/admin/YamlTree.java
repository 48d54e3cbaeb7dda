package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.ConfigurationException;
import dev.mehari.config.FileVariables;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML 1.2 document as JSON, with the line on which each value stands. In text, <code>${NAME}</code> is the environment
 * variable {@code NAME}, or what the file that {@code NAME_FILE} names holds; <code>$${</code> is <code>${</code>. No problem
 * shows what the document or a variable holds.
 */
final class YamlTree {
    private static final int DEEPEST = 20;
    private static final int MOST_VALUES = 100_000;
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\$?)\\{([^}]*)(}?)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, String> environment;
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> unresolved = new HashSet<>();
    private JsonNode root = JSON.nullNode();
    private int values;

    private YamlTree(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Reads {@code text}; what is wrong with it is in {@link #problems}. */
    static YamlTree of(String text, Map<String, String> environment) {
        YamlTree tree = new YamlTree(environment);
        try {
            LoadSettings settings =
                    LoadSettings.builder().setMaxAliasesForCollections(50).build();
            Node node = new Compose(settings).composeString(text).orElse(null);
            if (node != null) {
                tree.root = tree.json(node, "", 0);
            }
        } catch (MarkedYamlEngineException wrong) {
            tree.problem(wrong.getProblemMark().map(mark -> mark.getLine() + 1).orElse(null), wrong.getProblem());
        } catch (YamlEngineException wrong) {
            tree.problem(null, "this is no YAML document");
        }
        return tree;
    }

    /** What was read; null's node for an empty document. */
    JsonNode root() {
        return root;
    }

    /** One sentence for each thing that is wrong, with its line. */
    List<String> problems() {
        return problems;
    }

    /**
     * Adds a problem with the value at {@code path}, or with what is around it when there is none.
     *
     * @param path such as {@code upstreams[0].timeouts.idle}
     */
    void problemAt(String path, String what) {
        if (unresolved.contains(path)) {
            return; // what is wrong there is told already
        }
        String known = path;
        while (!known.isEmpty() && !lines.containsKey(known)) {
            known = known.substring(0, Math.max(0, Math.max(known.lastIndexOf('.'), known.lastIndexOf('['))));
        }
        problem(lines.get(known), what);
    }

    private void problem(@Nullable Integer line, String what) {
        problems.add(line == null ? what : "line " + line + ": " + what);
    }

    private JsonNode json(Node node, String path, int depth) {
        node.getStartMark().map(Mark::getLine).ifPresent(line -> lines.put(path, line + 1));
        if (depth > DEEPEST || ++values > MOST_VALUES || node.isRecursive()) {
            throw new YamlEngineException("too deep, too large or within itself");
        }
        if (node instanceof MappingNode mapping) {
            return object(mapping, path, depth);
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JSON.arrayNode();
            for (Node one : sequence.getValue()) {
                array.add(json(one, path + "[" + array.size() + "]", depth + 1));
            }
            return array;
        }
        return node instanceof ScalarNode scalar ? value(scalar, path) : JSON.nullNode();
    }

    private ObjectNode object(MappingNode mapping, String path, int depth) {
        ObjectNode object = JSON.objectNode();
        for (NodeTuple pair : mapping.getValue()) {
            if (!(pair.getKeyNode() instanceof ScalarNode key)) {
                problemAt(path, "the name of a field must be text");
                continue;
            }
            String inner = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            JsonNode value = json(pair.getValueNode(), inner, depth + 1);
            if (object.has(key.getValue())) {
                problemAt(inner, key.getValue() + " is there twice");
            }
            object.set(key.getValue(), value);
        }
        return object;
    }

    private JsonNode value(ScalarNode scalar, String path) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        try {
            if (tag.equals(Tag.NULL)) {
                return JSON.nullNode();
            }
            if (tag.equals(Tag.BOOL)) {
                return JSON.booleanNode(Boolean.parseBoolean(text));
            }
            if (tag.equals(Tag.INT)) {
                return JSON.numberNode(new BigInteger(text));
            }
            if (tag.equals(Tag.FLOAT)) {
                return JSON.numberNode(new BigDecimal(text));
            }
        } catch (NumberFormatException noNumber) {
            return JSON.textNode(text); // .inf and the like: text is refused where a number is wanted
        }
        return JSON.textNode(substituted(text, path));
    }

    private String substituted(String text, String path) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1).isEmpty()
                                ? variable(found.group(2), !found.group(3).isEmpty(), path)
                                : found.group().substring(1)));
    }

    private String variable(String name, boolean closed, String path) {
        if (!closed || !NAME.matcher(name).matches()) {
            problemAt(path, "${ begins the name of an environment variable, as in ${NAME}; write $${ for the text ${");
            unresolved.add(path);
            return "";
        }
        try {
            String value = FileVariables.value(environment, name);
            if (value != null) {
                return value;
            }
            problemAt(path, "the environment variable " + name + " is not set");
        } catch (ConfigurationException unreadable) {
            unreadable.problems().forEach(problem -> problemAt(path, problem));
        }
        unresolved.add(path);
        return "";
    }
}
