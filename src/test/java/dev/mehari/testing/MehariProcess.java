package dev.mehari.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The real {@code ./mehari} as a process of its own: the launcher and the routes as they are, and beside them a jar that
 * stands for the classes under test, so that nothing has to be packaged first.
 */
public final class MehariProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> QUICK =
            Map.of("MEHARI_JAVA_OPTS", "-XX:TieredStopAtLevel=1", "MEHARI_START_WARM_UP", "200ms");
    private static final Pattern DATA_PORT = Pattern.compile("Data port: +(http://\\S+)");
    private static final Pattern MANAGEMENT = Pattern.compile("Management: +(http://\\S+)");
    private static final Pattern API_KEY = Pattern.compile("API key: (mh_\\S+)");

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    private MehariProcess(Process process) {
        this.process = process;
        read(process.getInputStream(), output);
        read(process.getErrorStream(), errors);
    }

    /**
     * Runs {@code mehari} with {@code args}, from a folder of its own. Unless {@code environment} says otherwise, the JVM
     * compiles quickly rather than well, which halves the time until it is ready.
     */
    public static MehariProcess start(Map<String, String> environment, String... args) throws IOException {
        return start(environment, List.of(), args);
    }

    /** The same by a shell that runs {@code line}, in which {@code "$0" "$@"} is the command. */
    public static MehariProcess startBy(String line, Map<String, String> environment, String... args)
            throws IOException {
        return start(environment, List.of("bash", "-c", line), args);
    }

    private static MehariProcess start(Map<String, String> environment, List<String> before, String... args)
            throws IOException {
        Path home = home();
        // What runs in the background of a shell ignores Ctrl-C, and so would all that it starts.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(before);
        command.add(home.resolve("mehari").toString());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(TestFolder.create("mehari-elsewhere").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MEHARI_") || name.endsWith("_API_KEY"));
        builder.environment().putAll(QUICK);
        builder.environment().putAll(environment);
        return new MehariProcess(builder.start());
    }

    private static Path home() throws IOException {
        Path home = TestFolder.create("mehari-home");
        Files.createDirectories(home.resolve("target"));
        Files.copy(Path.of("mehari"), home.resolve("mehari"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(home.resolve("routes"), Path.of("routes").toAbsolutePath());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> !entry.endsWith("test-classes"))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(home.resolve("target/mehari.jar"));
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.finish();
        }
        return home;
    }

    private void read(InputStream from, List<String> into) {
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            into.add(line);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "mehari-process-output");
        reader.setDaemon(true);
        reader.start();
        readers.add(reader);
    }

    /** Returns when it has said that it is ready; fails when it ends instead. */
    public MehariProcess awaitReady() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (output.stream().noneMatch(line -> line.contains("curl"))) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IllegalStateException("not ready: " + text());
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /** Base URL of the data port, as printed. */
    public URI url() {
        return URI.create(printed(DATA_PORT));
    }

    /** Base URL of the management port, as printed. */
    public URI adminUrl() {
        return URI.create(printed(MANAGEMENT));
    }

    /** The key that was made on this start, as printed. */
    public String apiKey() {
        return printed(API_KEY);
    }

    private String printed(Pattern pattern) {
        for (String line : output) {
            Matcher found = pattern.matcher(line);
            if (found.find()) {
                return found.group(1);
            }
        }
        throw new IllegalStateException("no " + pattern + " in: " + text());
    }

    /** Lines on standard output so far. */
    public List<String> output() {
        return output;
    }

    /** Lines on standard error so far. */
    public List<String> errors() {
        return errors;
    }

    /** All that it has said, for messages of failed tests. */
    public String text() {
        return String.join("\n", output) + "\n" + String.join("\n", errors);
    }

    /** Asks it to stop, as {@code kill} does (SIGTERM); does not wait. */
    public void terminate() {
        process.toHandle().destroy(); // Process.destroy would also close what its output is read from
    }

    /** Presses Ctrl-C (SIGINT); does not wait for its end. */
    public void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    /** Ends it at once, as {@code kill -9} does; returns when it is gone. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end; returns its exit code once all its output has been read. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running: " + text());
        }
        for (Thread reader : readers) {
            reader.join(PATIENCE.toMillis());
        }
        return process.exitValue();
    }

    /** Ends it as nobody would ask for; a test that has seen its end has nothing left to close. */
    @Override
    public void close() {
        terminate();
        try {
            process.onExit().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.toHandle().destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            process.toHandle().destroyForcibly();
        }
    }
}
