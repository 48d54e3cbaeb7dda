package dev.mehari.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a gateway has captured, as its admin API shows it. */
public final class Captures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Captures() {}

    /** Opens one. */
    public static HttpResponse<String> capture(TestGateway of, String requestId) throws Exception {
        return of.admin("GET", "/api/captured/" + requestId, "");
    }

    /** Opens one as soon as it is stored. */
    public static JsonNode awaitCapture(TestGateway of, String requestId) throws Exception {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> of.admin("GET", "/api/captured?request=" + requestId, "")
                        .body()
                        .contains("\"request_id\":\"" + requestId + "\""));
        HttpResponse<String> answer = capture(of, requestId);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /** The value of a metric without tags, or with these in its name. */
    public static double metric(TestGateway of, String name) throws Exception {
        return of.admin("GET", "/q/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
