package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.config.ConfigurationException;
import dev.mehari.credential.DeclaredCredential;
import dev.mehari.failure.InvalidField;
import dev.mehari.upstream.UpstreamFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the declarative file: {@code upstreams}, a list of what {@code POST /api/upstreams} takes, each with a list of
 * {@code credentials}. Names are snake_case, as in the admin API.
 */
public final class UpstreamsFile {
    private static final String UPSTREAMS = "upstreams";
    private static final String CREDENTIALS = "credentials";
    private static final long MOST_BYTES = 4 << 20;

    private final YamlTree tree;
    private final Set<String> names = new HashSet<>();

    private UpstreamsFile(YamlTree tree) {
        this.tree = tree;
    }

    /** One upstream of the file. */
    public record Declared(UpstreamFields upstream, List<DeclaredCredential> credentials) {
        public Declared {
            credentials = List.copyOf(credentials);
        }
    }

    /**
     * Reads {@code file}.
     *
     * @param environment for <code>${NAME}</code>
     * @throws ConfigurationException with every problem, each with its line, when there is one
     */
    public static List<Declared> read(Path file, Map<String, String> environment) {
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ConfigurationException(List.of(file + " is larger than 4 MiB"));
            }
            text = Files.readString(file);
        } catch (IOException unreadable) {
            throw new ConfigurationException(List.of("mehari.upstreams.yaml: " + file
                    + " cannot be read as text in UTF-8: name a file that is there, or none"));
        }
        YamlTree tree = YamlTree.of(text, environment);
        List<Declared> declared = new UpstreamsFile(tree).all();
        if (!tree.problems().isEmpty()) {
            throw new ConfigurationException(tree.problems().stream()
                    .map(problem -> file + ", " + problem)
                    .toList());
        }
        return declared;
    }

    private List<Declared> all() {
        List<Declared> all = new ArrayList<>();
        JsonNode root = tree.root();
        if (root.isNull()) {
            return all;
        }
        if (!root.isObject()) {
            tree.problemAt("", "the file must hold a field `upstreams`");
            return all;
        }
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!field.getKey().equals(UPSTREAMS)) {
                tree.problemAt(field.getKey(), field.getKey() + ": there is no such field, but upstreams");
            }
        }
        JsonNode list = root.path(UPSTREAMS);
        if (!list.isArray() && !list.isNull() && !list.isMissingNode()) {
            tree.problemAt(UPSTREAMS, "upstreams must be a list");
        } else {
            for (int i = 0; i < list.size(); i++) {
                String path = UPSTREAMS + "[" + i + "]";
                if (list.get(i) instanceof ObjectNode upstream) {
                    all.add(upstream(upstream, path));
                } else {
                    tree.problemAt(path, "an upstream must have fields");
                }
            }
        }
        return all;
    }

    private Declared upstream(ObjectNode upstream, String path) {
        JsonNode credentials = upstream.remove(CREDENTIALS);
        List<InvalidField> wrong = new ArrayList<>();
        UpstreamFields fields = UpstreamForm.create(upstream, wrong);
        tell(wrong, path);
        if (!names.add(fields.name()) && !fields.name().isEmpty()) {
            tree.problemAt(path + ".name", "there are two upstreams with the name " + fields.name());
        }
        return new Declared(fields, credentials(credentials, path + "." + CREDENTIALS));
    }

    private List<DeclaredCredential> credentials(@Nullable JsonNode list, String path) {
        List<DeclaredCredential> all = new ArrayList<>();
        if (list == null || list.isNull()) {
            return all;
        }
        if (!list.isArray()) {
            tree.problemAt(path, "credentials must be a list");
            return all;
        }
        Set<String> known = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String inner = path + "[" + i + "]";
            if (!(list.get(i) instanceof ObjectNode credential)) {
                tree.problemAt(inner, "a credential must have fields");
                continue;
            }
            List<InvalidField> wrong = new ArrayList<>();
            DeclaredCredential read = DeclaredCredentialForm.read(credential, wrong);
            tell(wrong, inner);
            if (!known.add(read.name()) && !read.name().isEmpty()) {
                tree.problemAt(inner + ".name", "there are two credentials with the name " + read.name());
            }
            all.add(read);
        }
        return all;
    }

    private void tell(List<InvalidField> wrong, String path) {
        wrong.forEach(one -> tree.problemAt(path + "." + one.field(), one.field() + ": " + one.getMessage()));
    }
}
