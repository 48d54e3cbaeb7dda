package dev.mehari.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One source of values for {@link Settings}: a properties file, the environment, or flags. A blank value counts as not
 * given, since compose files and charts pass empty variables on.
 */
public final class Layer {
    static final String PREFIX = "mehari.";
    private static final String ENVIRONMENT_PREFIX = "MEHARI_";

    /** Read by the launcher, the client commands, the first start or the tests; no settings. */
    private static final List<String> OTHER_VARIABLES = List.of(
            "MEHARI_ADMIN_URL",
            "MEHARI_CONFIG",
            "MEHARI_HOME",
            "MEHARI_INITIAL_KEY",
            "MEHARI_JAVA_OPTS",
            "MEHARI_TEST_DB_URL");
    /** Credentials that {@code mehari credentials import --env} reads. */
    private static final String CREDENTIAL_PREFIX = "MEHARI_CREDENTIAL_";
    /** Those of them that may stand in files. */
    private static final List<String> OTHERS_IN_FILES = List.of("MEHARI_INITIAL_KEY");
    /** What Kubernetes injects for a service that is called {@code mehari} or {@code mehari-...}. */
    private static final Pattern SERVICE_LINKS =
            Pattern.compile("MEHARI_(\\w+_)?(SERVICE_(HOST|PORT)(_\\w+)?|PORT(_\\d+_(TCP|UDP)(_\\w+)?)?)");
    /** Keys that also answer to the variable every SDK of the vendor reads. */
    private static final Map<String, String> VENDOR_VARIABLES =
            Map.of("mehari.openai.api-key", "OPENAI_API_KEY", "mehari.anthropic.api-key", "ANTHROPIC_API_KEY");

    private enum Spelling {
        PROPERTY,
        ENVIRONMENT,
        FLAG
    }

    private final String source;
    private final Spelling spelling;
    private final Map<String, String> values;
    /** From a variable to the one that names its file. */
    private final Map<String, String> files;

    private final List<String> problems;

    private Layer(String source, Spelling spelling, Map<String, String> values) {
        this(source, spelling, new FileVariables(values, Map.of(), List.of()));
    }

    private Layer(String source, Spelling spelling, FileVariables variables) {
        this.source = source;
        this.spelling = spelling;
        values = new TreeMap<>(variables.values());
        files = variables.files();
        problems = variables.problems();
    }

    /**
     * A properties file in UTF-8. Keys of others ({@code camel.*}, {@code quarkus.*}) are left alone.
     *
     * @throws ConfigurationException when it cannot be read
     */
    public static Layer file(Path path) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path)) {
            properties.load(reader);
        } catch (MalformedInputException | IllegalArgumentException notText) {
            throw new ConfigurationException(List.of(path + " is not a properties file in UTF-8: correct it"));
        } catch (IOException unreadable) {
            throw new ConfigurationException(
                    List.of(path + " cannot be read: name an existing, readable file with --config"));
        }
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return new Layer(path.toString(), Spelling.PROPERTY, values);
    }

    /** Keys as in a properties file, for the preset and for tests. */
    public static Layer properties(String source, Map<String, String> values) {
        return new Layer(source, Spelling.PROPERTY, values);
    }

    /**
     * Environment variables: {@code MEHARI_PROXY_MAX_CONCURRENT} gives {@code mehari.proxy.max-concurrent}, and {@code
     * MEHARI_PROXY_MAX_CONCURRENT_FILE} names a file with its value; see {@link FileVariables}.
     */
    public static Layer environment(Map<String, String> variables) {
        return new Layer("environment", Spelling.ENVIRONMENT, FileVariables.read(variables, Layer::mayStandInFile));
    }

    private static boolean mayStandInFile(String variable) {
        return VENDOR_VARIABLES.containsValue(variable)
                || (variable.startsWith(ENVIRONMENT_PREFIX)
                        && (!OTHER_VARIABLES.contains(variable) || OTHERS_IN_FILES.contains(variable)));
    }

    /** Flags of {@code mehari run} by name, {@code --port} gives {@code mehari.listen.port}; see {@link RunFlag}. */
    public static Layer flags(Map<String, String> values) {
        return new Layer("command line", Spelling.FLAG, values);
    }

    /** The variable that sets {@code key}. */
    public static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The raw value of {@code key}, stripped; null when this layer does not give one. */
    @Nullable
    String value(String key) {
        String value = values.get(nameOf(key));
        if (value == null || value.isBlank()) {
            return null;
        }
        RunFlag flag = spelling == Spelling.FLAG ? RunFlag.byKey(key) : null;
        return flag == null ? value.strip() : flag.asText(value.strip());
    }

    /** How the user spelled {@code key}, and where. */
    String whereIs(String key) {
        String name = nameOf(key);
        return spelling == Spelling.PROPERTY ? key + " (" + source + ")" : files.getOrDefault(name, name);
    }

    /** True when the value of {@code key} stood in a file of its own, and is not to be shown. */
    boolean isFromFile(String key) {
        return files.containsKey(nameOf(key));
    }

    /** One problem for each file of a value that could not be read. */
    List<String> problems() {
        return problems;
    }

    /** One problem for each name here that looks like a setting and is none of {@code keys}. */
    List<String> strangers(Collection<String> keys) {
        List<String> known = keys.stream()
                .map(key -> switch (spelling) {
                    case PROPERTY -> key;
                    case ENVIRONMENT -> variable(key);
                    case FLAG -> flagOf(key);
                })
                .toList();
        List<String> strangers = new ArrayList<>();
        for (String name : values.keySet()) {
            if (isOurs(name) && !known.contains(name)) {
                String file = files.get(name);
                String hint = NearestName.of(name, known)
                        .map(nearest -> ": did you mean " + nearest + (file == null ? "?" : FileVariables.SUFFIX + "?"))
                        .orElse(": remove it; config/application.properties lists every key");
                strangers.add((file == null ? name : file) + " (" + source + ") is not a setting" + hint);
            }
        }
        return strangers;
    }

    private boolean isOurs(String name) {
        return switch (spelling) {
            case PROPERTY -> name.startsWith(PREFIX);
            case ENVIRONMENT ->
                name.startsWith(ENVIRONMENT_PREFIX)
                        && !OTHER_VARIABLES.contains(name)
                        && !name.startsWith(CREDENTIAL_PREFIX)
                        && !SERVICE_LINKS.matcher(name).matches();
            case FLAG -> true;
        };
    }

    private String nameOf(String key) {
        return switch (spelling) {
            case PROPERTY -> key;
            case FLAG -> flagOf(key);
            case ENVIRONMENT -> {
                String variable = variable(key);
                String vendor = VENDOR_VARIABLES.get(key);
                String own = values.get(variable);
                boolean given = files.containsKey(variable) || (own != null && !own.isBlank());
                yield vendor == null || given ? variable : vendor;
            }
        };
    }

    private static String flagOf(String key) {
        RunFlag flag = RunFlag.byKey(key);
        return flag == null ? "" : flag.flag();
    }
}
