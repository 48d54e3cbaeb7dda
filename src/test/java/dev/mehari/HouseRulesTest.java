package dev.mehari;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.mehari.app.Gateway;
import dev.mehari.caller.NewKey;
import dev.mehari.routes.RoutesRefused;
import dev.mehari.storage.StorageStartException;
import dev.mehari.upstream.Upstream;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.camel.processor.aggregate.AggregateProcessor;
import org.jspecify.annotations.NullMarked;

/** Who may know whom, and what nobody does. An exception to a rule is named in it, with its reason. */
@AnalyzeClasses(packages = "dev.mehari", importOptions = ImportOption.DoNotIncludeTests.class)
final class HouseRulesTest {
    private static final String[] FEATURES = {
        "dev.mehari.caller..",
        "dev.mehari.limits..",
        "dev.mehari.usage..",
        "dev.mehari.audit..",
        "dev.mehari.capture..",
        "dev.mehari.alert..",
        "dev.mehari.operator..",
        "dev.mehari.inspection..",
        "dev.mehari.admission..",
        "dev.mehari.settings..",
        "dev.mehari.config..",
        "dev.mehari.upstream..",
        "dev.mehari.credential..",
        "dev.mehari.retry..",
        "dev.mehari.probe..",
        "dev.mehari.answer..",
        "dev.mehari.exchange..",
        "dev.mehari.failure.."
    };
    private static final String[] MACHINERY = {
        "dev.mehari.app..",
        "dev.mehari.cli..",
        "dev.mehari.eip..",
        "dev.mehari.relay..",
        "dev.mehari.storage..",
        "dev.mehari.admin..",
        "dev.mehari.telemetry..",
        "dev.mehari.simulator..",
        "dev.mehari.benchmark..",
        "dev.mehari.transport..",
        "dev.mehari.outbound..",
        "dev.mehari.routes.."
    };
    private static final Class<?>[] MUTABLE = {
        Collection.class,
        AtomicBoolean.class,
        AtomicInteger.class,
        AtomicLong.class,
        AtomicReference.class,
        LongAdder.class
    };
    private static final Pattern UNNUMBERED =
            Pattern.compile("\\b(TODO|FIXME|XXX)\\b(?!\\(#\\d+\\))"); // rule: has a number

    private static final String PROCESSORS = "processors";
    private static final String MAIN = "src/main/java";
    private static final String TESTS = "src/test/java";

    @ArchTest
    static final ArchRule features_know_no_machinery = noClasses()
            .that()
            .resideInAnyPackage(FEATURES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MACHINERY)
            .because("a rule that knows no server, no database and no wiring can be tested and moved without them");

    @ArchTest
    static final ArchRule machinery_knows_features_but_not_each_other = slices().matching("dev.mehari.(*)..")
            .that(resideInSliceOf("eip", "relay", "storage", "admin", "telemetry", "outbound", "routes"))
            .should()
            .notDependOnEachOther()
            .because("each part of the machinery can then be replaced alone; app alone puts them together");

    @ArchTest
    static final ArchRule machinery_knows_neither_start_nor_command_line = noClasses()
            .that()
            .resideOutsideOfPackages("dev.mehari.app..", "dev.mehari.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.mehari.app..", "dev.mehari.cli..")
            .because("what is put together does not know who puts it together");

    @ArchTest
    static final ArchRule the_command_line_knows_what_it_starts = noClasses()
            .that()
            .resideInAPackage("dev.mehari.cli..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.mehari..")
                    .and(not(resideInAnyPackage(
                            "dev.mehari.cli..",
                            "dev.mehari.app..",
                            "dev.mehari.config..",
                            "dev.mehari.simulator..",
                            "dev.mehari.benchmark..",
                            // An export is verified without a gateway, best on another machine.
                            "dev.mehari.audit..")))
                    // What starting a gateway tells: its first key, its upstreams, why it could not start.
                    .and(not(belongToAnyOf(
                            NewKey.class, Upstream.class, StorageStartException.class, RoutesRefused.class))))
            .because("commands start programs or speak to the admin API; they do not reach into a gateway");

    @ArchTest
    static final ArchRule only_storage_speaks_sql = noClasses()
            .that()
            .resideOutsideOfPackages("dev.mehari.storage..", "dev.mehari.eip.jdbc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..", "javax.sql..", "com.zaxxer..", "org.flywaydb..", "org.postgresql..", "io.zonky..")
            .because("blocking calls stay behind storage's own threads, and all SQL is found in one place");

    @ArchTest
    static final ArchRule only_the_wire_knows_netty = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.mehari.relay..", "dev.mehari.transport..", "dev.mehari.simulator..", "dev.mehari.benchmark..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.netty..")
                    // app makes the event loops, hands them to the parts and shuts them down;
                    // app_holds_event_loops_only
                    .and(not(belongToAnyOf(EventLoopGroup.class, Future.class))))
            .because("buffers and channels have rules of their own, which few classes should have to keep");

    @ArchTest
    static final ArchRule app_holds_event_loops_only = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.mehari.app..",
                    "dev.mehari.relay..",
                    "dev.mehari.transport..",
                    "dev.mehari.simulator..",
                    "dev.mehari.benchmark..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..")
            .because("the one thing of Netty's outside the wire is the event loops that app shares out");

    @ArchTest
    static final ArchRule only_relay_and_eip_know_the_insides_of_camel = noClasses()
            .that()
            .resideOutsideOfPackages("dev.mehari.relay..", "dev.mehari.eip..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "org.apache.camel.component..",
                            "org.apache.camel.processor..",
                            "org.apache.camel.reifier..",
                            "org.apache.camel.impl..")
                    // How Camel's throttle says no, which answer has to recognise, and what alone tells how many
                    // groups are on their way, which live routes have to know; neither has a public supertype. The
                    // server of
                    // platform-http is what Camel's documentation says to add to a context.
                    .and(not(belongToAnyOf(
                            ThrottlerRejectedExecutionException.class,
                            AggregateProcessor.class,
                            VertxPlatformHttpServer.class,
                            VertxPlatformHttpServerConfiguration.class))))
            .because("the insides change from release to release; two packages to look at then are enough");

    @ArchTest
    static final ArchRule packages_form_no_circle = slices().matching("dev.mehari.(**)")
            .should()
            .beFreeOfCycles()
            .because("what depends on itself cannot be understood, tested or moved in parts");

    @ArchTest
    static final ArchRule no_package_is_a_drawer = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..helpers..", "..misc..")
            .because("a function without a home belongs to its only caller, and with three callers it has a name");

    @ArchTest
    static final ArchRule time_comes_in = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .because("time comes in as a Clock or as nanoseconds, so that tests need not wait for it");

    @ArchTest
    static final ArchRule chance_comes_in = noClasses()
            .should()
            .callConstructor(Random.class)
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(ThreadLocalRandom.class, "current")
            .because("chance comes in with its seed, so that what it did can be repeated");

    @ArchTest
    static final ArchRule nobody_sleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .because("a sleeping thread is a held thread; timers and awaited conditions hold none");

    @ArchTest
    static final ArchRule static_fields_are_final = fields().that()
            .areStatic()
            .should()
            .beFinal()
            .because("two gateways in one process must not know of each other");

    @ArchTest
    static final ArchRule static_fields_hold_nothing_that_changes = fields().that()
            .areStatic()
            // Counts on from a random start of the process; names stay unique when two gateways share it.
            .and()
            .doNotHaveFullName("dev.mehari.relay.RequestIds.NEXT")
            .should(new ArchCondition<>("not be counters, references or concrete collections") {
                @Override
                public void check(com.tngtech.archunit.core.domain.JavaField field, ConditionEvents events) {
                    JavaClass type = field.getRawType();
                    boolean changes =
                            Stream.of(MUTABLE).anyMatch(type::isAssignableTo) && !type.isInterface() && !type.isEnum();
                    events.add(
                            new SimpleConditionEvent(field, !changes, field.getFullName() + " is a " + type.getName()));
                }
            })
            .because("shared state is a collaborator that the constructor is given");

    @ArchTest
    static final ArchRule nothing_is_a_singleton = methods()
            .that()
            .areStatic()
            .should()
            .notHaveName("getInstance")
            .because("objects are made in app/Wiring and handed to those who need them");

    @ArchTest
    static final ArchRule every_package_is_null_marked = classes()
            .should(new ArchCondition<>("reside in a package that is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
                }
            })
            .because("NullAway checks no other packages");

    @ArchTest
    static void every_package_says_what_it_decides(JavaClasses unused) throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path folder : foldersWithJava(PROCESSORS, MAIN)) {
            Path info = folder.resolve("package-info.java");
            if (!Files.isRegularFile(info) || !Files.readString(info, UTF_8).startsWith("/**")) {
                silent.add(info.toString());
            }
        }
        assertThat(silent)
                .as("a reader of a package should first read what it is for")
                .isEmpty();
    }

    @ArchTest
    static void every_to_do_has_a_number(JavaClasses unused) throws IOException {
        List<String> unnumbered = new ArrayList<>();
        for (Path file : files(".java", PROCESSORS, "src")) {
            for (String line : Files.readAllLines(file, UTF_8)) {
                if (UNNUMBERED.matcher(line).find() && !line.contains("rule: has a number")) {
                    unnumbered.add(file + ": " + line.strip());
                }
            }
        }
        assertThat(unnumbered)
                .as("what is left to do is an issue, and the comment names it: TODO(#12)") // rule: has a number
                .isEmpty();
    }

    @ArchTest
    static void no_test_is_switched_off(JavaClasses unused) throws IOException {
        Pattern off = Pattern.compile("^\\s*@Disabled|^\\s*@ArchIgnore|Thread\\.sleep\\(");
        List<String> found = new ArrayList<>();
        for (Path file : files(".java", TESTS)) {
            for (String line : Files.readAllLines(file, UTF_8)) {
                if (off.matcher(line).find()) {
                    found.add(file + ": " + line.strip());
                }
            }
        }
        assertThat(found)
                .as("a test that is switched off or sleeps tells nothing for sure")
                .isEmpty();
    }

    @ArchTest
    static void the_rules_have_been_shown_all_classes(JavaClasses all) throws IOException {
        assertThat(all.contain(Gateway.class)).isTrue();
        List<String> packages =
                all.stream().map(JavaClass::getPackageName).distinct().toList();
        assertThat(packages)
                .allSatisfy(name -> assertThat(Stream.of(FEATURES, MACHINERY)
                                .flatMap(Stream::of)
                                .anyMatch(known -> (name + ".").startsWith(known.substring(0, known.length() - 1))))
                        .as("%s is neither a feature nor machinery: add it to the list above", name)
                        .isTrue());
        assertThat(packages).hasSameSizeAs(foldersWithJava(PROCESSORS, MAIN));
    }

    private static com.tngtech.archunit.base.DescribedPredicate<com.tngtech.archunit.library.dependencies.Slice>
            resideInSliceOf(String... names) {
        return com.tngtech.archunit.base.DescribedPredicate.describe(
                "parts of the machinery", slice -> List.of(names).contains(slice.getNamePart(1)));
    }

    private static List<Path> foldersWithJava(String... roots) throws IOException {
        return files(".java", roots).stream().map(Path::getParent).distinct().toList();
    }

    private static List<Path> files(String ending, String... roots) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String root : roots) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                files.filter(file -> file.toString().endsWith(ending)).forEach(all::add);
            }
        }
        assertThat(all).as("sources are read from the project's folder").isNotEmpty();
        return all;
    }
}
