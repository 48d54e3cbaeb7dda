package dev.mehari.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values of all {@code mehari.*} keys, read once at start. Reading a key declares it: its name, default and
 * description. A value that cannot be used is noted as a problem and the default returned instead, so that reading goes
 * on and {@link #check()} can report everything at once; nothing may start before it has.
 *
 * <p>Layers, weakest first: defaults, {@link Preset}, then those given. For one thread.
 */
public final class Settings {
    /** The default of a key that has no value unless one is given. */
    public static final String NONE = "none";

    private static final String HIDDEN = "***";
    private static final String HOST_WANTED =
            "write a host name or an IP address alone, such as localhost, 127.0.0.1 or [::1]";
    private static final Pattern PASSWORD_IN_TEXT = Pattern.compile("(?i)(password=)[^&\\s]*|(://)[^/?#\\s]*(?=@)");

    private final List<Layer> layers;
    private final Map<String, Setting> declared = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * A key as read.
     *
     * @param defaultText as one would write it in a file; {@link #NONE} when there is no value by default
     * @param text what is in force; {@code ***} for a secret
     * @param description one sentence for people who configure
     */
    public record Setting(String key, String defaultText, String text, boolean secret, String description) {}

    private Settings(List<Layer> weakestFirst) {
        layers = new ArrayList<>(weakestFirst);
    }

    /**
     * Settings of the given layers and the preset they name.
     *
     * @param weakestFirst a later layer overrides an earlier one
     */
    public static Settings of(Layer... weakestFirst) {
        Settings settings = new Settings(Arrays.asList(weakestFirst));
        Preset preset = settings.oneOf(
                "mehari.preset", Preset.class, "none", "ready-made set-up: long-calls, high-load, low-latency");
        settings.layers.add(0, Layer.properties("preset", preset.settings()));
        return settings;
    }

    public String text(String key, String defaultText, String description) {
        return read(key, defaultText, false, description, Function.identity());
    }

    public @Nullable String optionalText(String key, String description) {
        return optional(key, NONE, false, description, Function.identity());
    }

    /** A host name or an IP address as it stands in a URL; an IPv6 address may be given without its brackets. */
    public String host(String key, String defaultText, String description) {
        return read(key, defaultText, false, description, text -> {
            String host = text.indexOf(':') >= 0 && !text.startsWith("[") ? "[" + text + "]" : text;
            try {
                if (host.equals(new URI("http://" + host).getHost())) {
                    return host;
                }
            } catch (URISyntaxException noHost) {
                throw new IllegalArgumentException(HOST_WANTED, noHost);
            }
            throw new IllegalArgumentException(HOST_WANTED);
        });
    }

    /** A whole number from {@code least} to {@code most}, both allowed. */
    public int integer(String key, int defaultValue, int least, int most, String description) {
        return read(key, Integer.toString(defaultValue), false, description, text -> {
            try {
                int value = Integer.parseInt(text.replace("_", ""));
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException noNumber) {
                throw new IllegalArgumentException("write a whole number from " + least + " to " + most, noNumber);
            }
            throw new IllegalArgumentException("write a whole number from " + least + " to " + most);
        });
    }

    /** A number from 0 to 1, both allowed. */
    public double ratio(String key, String defaultText, String description) {
        return read(key, defaultText, false, description, text -> {
            try {
                double value = Double.parseDouble(text);
                if (value >= 0 && value <= 1) {
                    return value;
                }
            } catch (NumberFormatException noNumber) {
                throw new IllegalArgumentException("write a number from 0 to 1", noNumber);
            }
            throw new IllegalArgumentException("write a number from 0 to 1");
        });
    }

    public boolean flag(String key, boolean defaultValue, String description) {
        return read(key, Boolean.toString(defaultValue), false, description, text -> switch (text.toLowerCase(
                Locale.ROOT)) {
            case "true", "on", "yes" -> true;
            case "false", "off", "no" -> false;
            default -> throw new IllegalArgumentException("write true or false");
        });
    }

    /** A duration of at least {@code least}. */
    public Duration duration(String key, String defaultText, Duration least, String description) {
        return read(key, defaultText, false, description, text -> atLeast(least, DurationText.parse(text)));
    }

    /** Null for {@link #NONE}; {@code defaultText} may be that, too. */
    public @Nullable Duration optionalDuration(String key, String defaultText, Duration least, String description) {
        return optional(key, defaultText, false, description, text -> atLeast(least, DurationText.parse(text)));
    }

    public ByteSize size(String key, String defaultText, long least, long most, String description) {
        return read(key, defaultText, false, description, text -> {
            ByteSize size = ByteSize.parse(text);
            if (size.bytes() < least || size.bytes() > most) {
                throw new IllegalArgumentException("write a size from " + least + " to " + most + " bytes");
            }
            return size;
        });
    }

    /** A constant of {@code type}, written in kebab case: {@code LONG_CALLS} as {@code long-calls}. */
    public <E extends Enum<E>> E oneOf(String key, Class<E> type, String defaultText, String description) {
        return read(key, defaultText, false, description, text -> {
            List<String> names = new ArrayList<>();
            for (E constant : Objects.requireNonNull(type.getEnumConstants())) {
                String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
                if (name.equals(text.toLowerCase(Locale.ROOT))) {
                    return constant;
                }
                names.add(name);
            }
            throw new IllegalArgumentException("write one of " + String.join(", ", names));
        });
    }

    /** An absolute URI with a host, for example {@code http://proxy.internal:3128}; null when none is given. */
    public @Nullable URI optionalUri(String key, String description) {
        return optional(key, NONE, false, description, text -> {
            try {
                URI uri = new URI(text);
                if (uri.getScheme() != null && uri.getHost() != null) {
                    return uri;
                }
            } catch (URISyntaxException notOne) {
                throw new IllegalArgumentException("write a whole URL such as http://host:3128", notOne);
            }
            throw new IllegalArgumentException("write a whole URL such as http://host:3128");
        });
    }

    public @Nullable Secret optionalSecret(String key, String description) {
        return optional(key, NONE, true, description, Secret::new);
    }

    /** True when a layer above the preset gives {@code key} a value. */
    public boolean isGiven(String key) {
        return layers.stream().skip(1).anyMatch(layer -> layer.value(key) != null);
    }

    /** Adds a problem that only the reader of several keys can see, such as two that contradict each other. */
    public void problem(String whatAndWhatToDo) {
        problems.add(whatAndWhatToDo);
    }

    /**
     * Call it when every record has been read: only then is a key that nobody declared unknown.
     *
     * @throws ConfigurationException with all problems, when there is one
     */
    public void check() {
        List<String> all = new ArrayList<>(problems);
        layers.forEach(layer -> all.addAll(layer.problems()));
        layers.forEach(layer -> all.addAll(layer.strangers(declared.keySet())));
        if (!all.isEmpty()) {
            throw new ConfigurationException(all);
        }
    }

    /** Every key declared so far with what is in force, in the order of reading; secrets are masked. */
    public List<Setting> declared() {
        return List.copyOf(declared.values());
    }

    /**
     * What differs from its default, as {@code key=value}, for the log. Secrets are masked, and so is whatever stood in a
     * file of its own.
     */
    public List<String> changed() {
        return declared.values().stream()
                .filter(setting -> !setting.text.equals(setting.defaultText))
                .map(setting -> setting.key + "=" + (isFromFile(setting.key) ? HIDDEN : setting.text))
                .toList();
    }

    private boolean isFromFile(String key) {
        Layer layer = strongest(key);
        return layer != null && layer.isFromFile(key);
    }

    /** What is in force by key, for placeholders in routes; without secrets. */
    public Map<String, String> effective() {
        return declared.values().stream()
                .filter(setting -> !setting.secret)
                .collect(Collectors.toMap(Setting::key, Setting::text, (a, b) -> a, LinkedHashMap::new));
    }

    private static Duration atLeast(Duration least, Duration value) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException("must be at least " + DurationText.of(least));
        }
        return value;
    }

    private <T> @Nullable T optional(
            String key, String defaultText, boolean secret, String description, Function<String, T> parser) {
        Optional<T> value = read(
                key,
                defaultText,
                secret,
                description,
                text -> text.equals(NONE) ? Optional.empty() : Optional.of(parser.apply(text)));
        return value.orElse(null);
    }

    private <T> T read(String key, String defaultText, boolean secret, String description, Function<String, T> parser) {
        Layer layer = strongest(key);
        String text = layer == null ? defaultText : Objects.requireNonNull(layer.value(key));
        declare(key, defaultText, text, secret, description);
        if (layer != null) {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException bad) {
                String shown = secret || layer.isFromFile(key) ? HIDDEN : masked(text);
                problems.add(layer.whereIs(key) + ": \"" + shown + "\": " + bad.getMessage());
            }
        }
        return parser.apply(defaultText);
    }

    private @Nullable Layer strongest(String key) {
        for (int i = layers.size() - 1; i >= 0; i--) {
            if (layers.get(i).value(key) != null) {
                return layers.get(i);
            }
        }
        return null;
    }

    private void declare(String key, String defaultText, String text, boolean secret, String description) {
        String shown = secret && !text.equals(NONE) ? HIDDEN : masked(text);
        Setting setting = new Setting(key, defaultText, shown, secret, description);
        if (declared.put(key, setting) != null) {
            throw new IllegalStateException(key + " is read twice: one concern owns a key");
        }
    }

    private static String masked(String text) {
        return PASSWORD_IN_TEXT.matcher(text).replaceAll("$1$2***");
    }
}
