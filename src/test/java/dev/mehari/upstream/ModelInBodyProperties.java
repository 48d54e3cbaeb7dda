package dev.mehari.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ModelInBodyProperties {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelInBody models = new ModelInBody();

    /** A body as a client might write it: parts before and after the model, as they are. */
    record Body(String before, String model, String after) {
        String text() {
            return before + model + after;
        }
    }

    @Property(tries = 2_000)
    void nothing_but_the_model_changes(@ForAll("bodies") Body body, @ForAll("names") String name) throws Exception {
        byte[] changed = models.replace(body.text().getBytes(UTF_8), name);

        assertThat(changed).isNotNull();
        String text = new String(changed, UTF_8);
        assertThat(text).startsWith(body.before()).endsWith(body.after());
        JsonNode before = JSON.readTree(body.text());
        JsonNode after = JSON.readTree(changed);
        assertThat(after.path("model").textValue()).isEqualTo(name);
        ((ObjectNode) before).put("model", name);
        assertThat(after).isEqualTo(before);
    }

    @Property(tries = 2_000)
    void putting_the_model_back_gives_the_same_bytes(@ForAll("bodies") Body body, @ForAll("names") String name)
            throws Exception {
        byte[] original = body.text().getBytes(UTF_8);
        String model = JSON.readTree(original).path("model").textValue();

        byte[] once = models.replace(original, model);
        byte[] there = models.replace(once, name);

        assertThat(models.replace(there, model)).isEqualTo(once);
    }

    @Example
    void only_the_model_at_the_top_is_meant() {
        String body = "{\"a\":{\"model\":\"x\"},\"b\":[{\"model\":\"y\"}],\"model\":\"z\",\"c\":\"model\"}";

        assertThat(models.replace(body.getBytes(UTF_8), "new"))
                .asString(UTF_8)
                .isEqualTo(body.replace("\"z\"", "\"new\""));
    }

    @Example
    void a_byte_order_mark_stays() {
        byte[] body = "\uFEFF{\"model\": \"a\\u00e9\"}".getBytes(UTF_8);

        assertThat(models.replace(body, "\"b\"")).asString(UTF_8).isEqualTo("\uFEFF{\"model\": \"\\\"b\\\"\"}");
    }

    @Example
    void there_is_nothing_to_put_it_into() {
        for (String body : List.of("", "[]", "{}", "{\"model\":5}", "{\"a\":", "\"model\"")) {
            assertThat(models.replace(body.getBytes(UTF_8), "new")).as(body).isNull();
        }
        assertThat(models.replace("{\"model\":\"a\"}".getBytes(StandardCharsets.UTF_16), "new"))
                .isNull();
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("ab/\"\\\n{}é漢 ").ofMinLength(1).ofMaxLength(20);
    }

    @Provide
    Arbitrary<Body> bodies() {
        Arbitrary<String> blanks = Arbitraries.of("", " ", "\n\t ", "\r\n");
        Arbitrary<String> members = Arbitraries.of(
                        "\"messages\":[{\"role\":\"user\",\"model\":\"no\",\"content\":\"h\\u00e9 \\\"model\\\":漢 😀\"}]",
                        "\"n\" : 1.0e5",
                        "\"tools\":[[],{},{\"model\":{\"model\":null}}]",
                        "\"é\":true",
                        "\"x\\\\\":\"\\\\\"")
                .list()
                .ofMaxSize(3)
                .map(all -> String.join(",", all));
        Arbitrary<String> model =
                Combinators.combine(names(), Arbitraries.of(true, false)).as((name, escaped) -> written(name, escaped));
        return Combinators.combine(members, members, model, blanks, Arbitraries.of("model", "mod\\u0065l"))
                .as((before, after, name, blank, field) -> new Body(
                        blank + "{" + before + (before.isEmpty() ? "" : ",") + blank + "\"" + field + "\"" + blank + ":"
                                + blank,
                        name,
                        blank + (after.isEmpty() ? "" : ",") + after.replace("\"n\"", "\"n2\"") + "}" + blank));
    }

    private static String written(String name, boolean escaped) {
        if (!escaped) {
            return JsonNodeFactory.instance.textNode(name).toString();
        }
        StringBuilder all = new StringBuilder("\"");
        name.chars().forEach(c -> all.append(String.format("\\u%04x", c)));
        return all.append('"').toString();
    }
}
