package dev.mehari.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Asks a management port as a browser would, with headers of the test's choice and nothing else. What {@link #logIn} got is
 * shown by the caller that it returns.
 */
public final class AdminCaller {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final String url;
    private final String[] always;

    private AdminCaller(HttpClient client, String url, String... always) {
        this.client = client;
        this.url = url;
        this.always = always;
    }

    /**
     * One who shows nothing.
     *
     * @param url of the management port, without a slash at its end
     */
    public static AdminCaller stranger(String url) {
        return new AdminCaller(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), url);
    }

    /** One who sends these headers, name and value in turn, with every request. */
    public AdminCaller with(String... headers) {
        return new AdminCaller(
                client,
                url,
                Stream.concat(Arrays.stream(always), Arrays.stream(headers)).toArray(String[]::new));
    }

    /** One who shows the session that {@code password} opened; sends no CSRF token. */
    public AdminCaller logIn(String password) throws Exception {
        HttpResponse<String> answer = send(
                "POST",
                "/api/login",
                JSON.createObjectNode().put("password", password).toString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        return with("Cookie", cookie.substring(0, cookie.indexOf(';')));
    }

    /** The same, with the CSRF token of its session. */
    public AdminCaller guarded() throws Exception {
        return with(
                "X-CSRF-Token",
                json("GET", "/api/session", "").path("csrf_token").asText());
    }

    /** Sends; no body when it is empty; more headers are name and value in turn. */
    public HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        for (String[] some : new String[][] {always, headers}) {
            for (int i = 0; i < some.length; i += 2) {
                request.header(some[i], some[i + 1]);
            }
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public int status(String method, String path, String body, String... headers) throws Exception {
        return send(method, path, body, headers).statusCode();
    }

    public JsonNode json(String method, String path, String body, String... headers) throws Exception {
        return parse(send(method, path, body, headers));
    }

    /** An answer as JSON. */
    public JsonNode parse(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }
}
