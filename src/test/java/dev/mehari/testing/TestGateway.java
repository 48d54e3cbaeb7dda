package dev.mehari.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.app.Gateway;
import dev.mehari.config.Configuration;
import dev.mehari.config.Layer;
import dev.mehari.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.api.management.JmxSystemPropertyKeys;

/**
 * A whole gateway in this process: the real routes of the {@code routes/} folder, or those in {@code mehari.routes.dir}, a
 * real database, ports of its own.
 *
 * <pre>{@code
 * try (StubUpstream stub = StubUpstream.respondingWith(200);
 *         TestGateway gateway = TestGateway.to(stub, DATABASE, "mehari.proxy.max-concurrent", "1")) {
 *     gateway.post("/anything", "{}").join();
 * }
 * }</pre>
 *
 * The first in a JVM warms up, for all that come after it. Each gateway begins without live settings; keys stay with the database. Not meant for two at a time on one database,
 * unless a test is about that.
 */
public final class TestGateway implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicBoolean WARM = new AtomicBoolean();

    private final TestDatabase database;
    private final Path folder;
    private final Gateway gateway;
    private final String key;
    private final ExecutorService clientThreads = Executors.newFixedThreadPool(2);
    private final HttpClient client;

    private TestGateway(TestDatabase database, Map<String, String> settings) throws Exception {
        this.database = database;
        folder = TestFolder.create("mehari-gateway");
        key = database.newKey("test", 5);
        Map<String, String> all = new HashMap<>(Map.of(
                "mehari.listen.host", "127.0.0.1",
                "mehari.listen.port", "0",
                "mehari.admin.port", "0",
                "mehari.db.url", database.url(),
                "mehari.data.dir", folder.toString(),
                // Stored credentials outlive a gateway's folder, in which its own key would be.
                "mehari.credentials.master-key", "a master key that all gateways of tests share",
                "mehari.shutdown.drain", "1s"));
        if (WARM.getAndSet(true)) {
            all.putIfAbsent("mehari.start.warm-up", "0");
        }
        all.putAll(settings);
        Configuration configuration = Configuration.from(Settings.of(Layer.properties("test", all)));
        Path routes = configuration.routes().dir();
        gateway = withoutMBeans(new Gateway.Options(
                configuration, routes == null ? Path.of("routes").toAbsolutePath() : routes, null));
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(clientThreads)
                .build();
    }

    /**
     * Camel's MBeans take as long as the rest of a start, so there are none where nobody has chosen; AllRoutesLoadIT and the
     * tests with processes of their own start with them.
     */
    private static Gateway withoutMBeans(Gateway.Options options) throws Exception {
        String chosen = System.getProperty(JmxSystemPropertyKeys.DISABLED);
        if (chosen != null) {
            return Gateway.start(options);
        }
        System.setProperty(JmxSystemPropertyKeys.DISABLED, "true");
        try {
            return Gateway.start(options);
        } finally {
            System.clearProperty(JmxSystemPropertyKeys.DISABLED);
        }
    }

    /**
     * A gateway with {@code upstream} as its plain target.
     *
     * @param settings properties, name and value in turn
     */
    public static TestGateway to(StubUpstream upstream, TestDatabase database, String... settings) throws Exception {
        Map<String, String> all = pairs(settings);
        all.putIfAbsent("mehari.target.host", "127.0.0.1");
        all.putIfAbsent("mehari.target.port", Integer.toString(upstream.port()));
        database.execute("delete from setting");
        return new TestGateway(database, all);
    }

    /** Like {@link #to}, but with the live settings that an earlier gateway has left in the database. */
    public static TestGateway again(StubUpstream upstream, TestDatabase database) throws Exception {
        return new TestGateway(
                database,
                Map.of("mehari.target.host", "127.0.0.1", "mehari.target.port", Integer.toString(upstream.port())));
    }

    /** A gateway in front of the simulated upstream, as {@code ./mehari run} starts it. */
    public static TestGateway simulated(TestDatabase database, String... settings) throws Exception {
        database.execute("delete from setting");
        return new TestGateway(database, pairs(settings));
    }

    private static Map<String, String> pairs(String... settings) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            pairs.put(settings[i], settings[i + 1]);
        }
        return pairs;
    }

    public int port() {
        return gateway.port();
    }

    public int adminPort() {
        return gateway.adminPort();
    }

    /** Base URL of the data port, without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + gateway.port();
    }

    /** Base URL of the management port, without a slash at its end. */
    public String adminUrl() {
        return "http://127.0.0.1:" + gateway.adminPort();
    }

    public Path dataFolder() {
        return folder;
    }

    /** What the management port asks for. */
    public String adminToken() throws IOException {
        return Files.readString(folder.resolve("admin-token")).strip();
    }

    /** A key that callers may use, of priority 5. */
    public String key() {
        return key;
    }

    /** One more key. */
    public String newKey(String name, int priority) {
        return database.newKey(name, priority);
    }

    /** A connection to the data port. */
    public RawClient connect() throws IOException {
        return RawClient.connect(gateway.port());
    }

    /** Sends with {@link #key()}; headers are name and value in turn. */
    public CompletableFuture<HttpResponse<String>> get(String path, String... headers) {
        return send(key, "GET", path, HttpRequest.BodyPublishers.noBody(), headers);
    }

    /** Sends with {@link #key()}; headers are name and value in turn. */
    public CompletableFuture<HttpResponse<String>> post(String path, String body, String... headers) {
        return postAs(key, path, body, headers);
    }

    /** Sends with another key. */
    public CompletableFuture<HttpResponse<String>> postAs(
            String otherKey, String path, String body, String... headers) {
        return send(otherKey, "POST", path, HttpRequest.BodyPublishers.ofString(body), headers);
    }

    private CompletableFuture<HttpResponse<String>> send(
            String with, String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body)
                .setHeader("Authorization", "Bearer " + with);
        if (method.equals("POST")) {
            request.setHeader("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Changes a live setting with SQL, as another process would; in force soon after. */
    public void setBySql(String setting, String value) {
        database.execute("insert into setting (key, value) values ('" + setting + "', '" + value
                + "') on conflict (key) do update set value = excluded.value, version = setting.version + 1");
    }

    /** Changes a live setting through the management port; in force when this returns. */
    public void set(String setting, String value) throws Exception {
        HttpResponse<String> answer = admin("PUT", "/api/settings/" + setting, "{\"value\":\"" + value + "\"}");
        if (answer.statusCode() != 200) {
            throw new IllegalArgumentException(answer.body());
        }
    }

    /** The {@code metrics} of {@code /proxy-metrics} as they are now. */
    public JsonNode metrics() throws Exception {
        return JSON.readTree(get("/proxy-metrics").join().body()).path("metrics");
    }

    /**
     * The same once all calls but {@code open} have ended. A call ends, is counted and gives its permit back when its answer
     * has gone, so that its client may be first.
     */
    public JsonNode metricsWith(int open) {
        return await().until(
                        this::metrics,
                        metrics -> metrics.path("open_requests").asInt(-1) == open
                                && metrics.path("active_requests").asInt()
                                                + metrics.path("queued_requests")
                                                        .asInt()
                                        <= open);
    }

    /** Asks the management port with the admin token; no body when it is empty. */
    public HttpResponse<String> admin(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(adminUrl() + path))
                .timeout(Duration.ofSeconds(10))
                .setHeader("Authorization", "Bearer " + adminToken())
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Looks after its upstreams and credentials with the admin token. */
    public PoolAdmin pool() throws IOException {
        return PoolAdmin.with(adminToken(), adminUrl());
    }

    @Override
    public void close() {
        gateway.close();
        clientThreads.shutdownNow();
    }
}
