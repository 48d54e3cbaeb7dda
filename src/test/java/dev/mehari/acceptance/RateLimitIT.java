package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code proxy.rate_limit}: how many requests are let in within any second. */
class RateLimitIT {
    // row 1
    @Test
    void no_second_sees_more_requests_than_the_limit_and_the_rest_are_told_when_to_come_back() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, database, "mehari.proxy.rate-limit", "50")) {
            List<HttpResponse<String>> answers = burst(gateway, 200);
            List<HttpResponse<String>> refused = answers.stream()
                    .filter(answer -> answer.statusCode() != 200)
                    .toList();

            assertThat(stub.requests()).hasSizeBetween(50, 100);
            assertThat(answers.size() - refused.size())
                    .isEqualTo(stub.requests().size());
            assertThat(mostInASecond(stub)).isLessThanOrEqualTo(50);
            assertThat(refused).allSatisfy(answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                assertThat(answer.body()).contains("rate_limited");
            });
        }
    }

    private static List<HttpResponse<String>> burst(TestGateway gateway, int requests) {
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, requests)
                .mapToObj(i -> gateway.post("/call/" + i, "{}"))
                .toList();
        return sent.stream().map(CompletableFuture::join).toList();
    }

    /** The most arrivals within any second; a request may take a moment from the decision to the stub. */
    private static int mostInASecond(StubUpstream stub) {
        long second = Duration.ofMillis(990).toNanos();
        List<Long> arrivals = stub.requests().stream()
                .map(StubUpstream.Request::arrivedNanos)
                .sorted()
                .toList();
        int most = 0;
        for (int first = 0, last = 0; last < arrivals.size(); last++) {
            while (arrivals.get(last) - arrivals.get(first) >= second) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }
}
