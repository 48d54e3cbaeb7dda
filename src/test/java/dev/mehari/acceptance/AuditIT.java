package dev.mehari.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestDatabase;
import dev.mehari.testing.TestGateway;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What calls leave in the audit. */
class AuditIT {
    private static final TestDatabase DATABASE = TestDatabase.create();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    // row 64
    @Test
    void each_call_leaves_one_row_which_says_what_happened() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                TestGateway gateway = TestGateway.to(stub, DATABASE)) {
            gateway.post("/v1/chat/completions?secret=canary", Calls.CHAT, "X-Request-Id", "audited-1")
                    .join();

            awaitRow("audited-1");
            assertThat(DATABASE.query("select row_to_json(audit_event)::text from audit_event"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("x");
        }
    }

    private static void awaitRow(String requestId) {
        await().atMost(Duration.ofSeconds(5))
                .until(() -> DATABASE.number("select count(*) from audit_event where request_id = '" + requestId + "'")
                        == 1);
    }
}
