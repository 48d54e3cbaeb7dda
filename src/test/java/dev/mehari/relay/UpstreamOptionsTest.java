package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.relay.UpstreamLocation.TimeLimits;
import dev.mehari.relay.UpstreamLocation.TlsTrust;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an upstream has of its own: time limits, and how its certificate is checked. */
class UpstreamOptionsTest {
    @TempDir
    private static Path folder;

    private static TestCertificates forLocalhost;
    private static TestCertificates forAnother;

    @BeforeAll
    static void makeCertificates() throws Exception {
        forLocalhost = TestCertificates.selfSigned(folder, "dns:localhost");
        forAnother = TestCertificates.selfSigned(folder, "dns:another.example");
    }

    private static UpstreamLocation secure(int port, TlsTrust trust) {
        return new UpstreamLocation(true, "localhost", port, "", null, 0, trust, TimeLimits.ENDPOINTS);
    }

    private static UpstreamLocation plain(int port, TimeLimits limits) {
        return new UpstreamLocation(false, "127.0.0.1", port, "", null, 0, TlsTrust.JVM, limits);
    }

    private static RelayFixture to(AtomicReference<UpstreamLocation> chosen) throws Exception {
        RelayFixture relay = RelayFixture.prepared();
        relay.relay.chooseUpstreamBy(exchange -> chosen.get());
        return relay.run(RelayFixture.relaying(
                "127.0.0.1:1", "firstByteTimeout=10000", "idleTimeout=10000", "totalTimeout=20000"));
    }

    private static int status(RelayFixture relay) throws Exception {
        try (RawClient client = RawClient.connect(relay.port())) {
            return client.get("/").answer().status();
        }
    }

    @Test
    void a_certificate_is_checked_as_its_upstream_says() throws Exception {
        AtomicReference<UpstreamLocation> chosen = new AtomicReference<>();
        try (StubUpstream stub = StubUpstream.answeringOverTls(
                        forLocalhost.server(), (request, reply) -> reply.json(200, "{}"));
                RelayFixture relay = to(chosen)) {
            chosen.set(secure(stub.port(), new TlsTrust(forLocalhost.pem(), true)));
            assertThat(status(relay)).isEqualTo(200);
            chosen.set(secure(stub.port(), new TlsTrust(forAnother.pem(), true)));
            assertThat(status(relay))
                    .as("another authority, no connection shared")
                    .isEqualTo(502);
            chosen.set(secure(stub.port(), TlsTrust.JVM));
            assertThat(status(relay)).as("the JVM's authorities").isEqualTo(502);
            chosen.set(secure(stub.port(), new TlsTrust(null, false)));
            assertThat(status(relay)).as("anything").isEqualTo(200);
        }
    }

    @Test
    void a_certificate_of_the_right_authority_has_to_bear_the_right_name() throws Exception {
        AtomicReference<UpstreamLocation> chosen = new AtomicReference<>();
        try (StubUpstream stub =
                        StubUpstream.answeringOverTls(forAnother.server(), (request, reply) -> reply.json(200, "{}"));
                RelayFixture relay = to(chosen)) {
            chosen.set(secure(stub.port(), new TlsTrust(forAnother.pem(), true)));
            assertThat(status(relay)).isEqualTo(502);
            chosen.set(secure(stub.port(), new TlsTrust(null, false)));
            assertThat(status(relay)).isEqualTo(200);
        }
    }

    @Test
    void connections_of_one_trust_are_shared() throws Exception {
        AtomicReference<UpstreamLocation> chosen = new AtomicReference<>();
        try (StubUpstream stub = StubUpstream.answeringOverTls(
                        forLocalhost.server(), (request, reply) -> reply.json(200, "{}"));
                RelayFixture relay = to(chosen);
                RawClient client = RawClient.connect(relay.port())) {
            for (int i = 0; i < 5; i++) {
                chosen.set(secure(stub.port(), new TlsTrust(forLocalhost.pem(), true)));
                assertThat(client.get("/").answer().status()).isEqualTo(200);
            }
            assertThat(stub.connections()).isEqualTo(1);
        }
    }

    @Test
    void an_upstreams_own_time_limits_take_the_place_of_the_endpoints() throws Exception {
        AtomicReference<UpstreamLocation> chosen = new AtomicReference<>();
        try (StubUpstream stub = StubUpstream.answering(
                        (request, reply) -> reply.after(Duration.ofSeconds(1), () -> reply.json(200, "{}")));
                RelayFixture relay = to(chosen)) {
            chosen.set(plain(stub.port(), TimeLimits.ENDPOINTS));
            assertThat(status(relay)).isEqualTo(200);
            chosen.set(plain(stub.port(), new TimeLimits(-1, TimeUnit.MILLISECONDS.toNanos(200), -1, -1)));
            assertThat(status(relay)).isEqualTo(504);
            chosen.set(plain(stub.port(), new TimeLimits(-1, -1, -1, TimeUnit.MILLISECONDS.toNanos(200))));
            assertThat(status(relay)).isEqualTo(504);
            chosen.set(plain(stub.port(), new TimeLimits(-1, 0, 0, 0)));
            assertThat(status(relay)).isEqualTo(200);
        }
    }
}
