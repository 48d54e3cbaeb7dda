package dev.mehari.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.relay.UpstreamLocation.TimeLimits;
import dev.mehari.relay.UpstreamLocation.TlsTrust;
import dev.mehari.testing.LeakWatch;
import dev.mehari.testing.RawClient;
import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestCertificates;
import io.netty.handler.ssl.SslContext;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards upstreams: whom we trust, what we say of ourselves, and how such a connection ends. */
@ExtendWith(LeakWatch.class)
class UpstreamTlsTest {
    @TempDir
    private static Path folder;

    private static TestCertificates forLocalhost;
    private static TestCertificates forAnother;

    @BeforeAll
    static void makeCertificates() throws Exception {
        forLocalhost = TestCertificates.selfSigned(folder, "dns:localhost");
        forAnother = TestCertificates.selfSigned(folder, "dns:another.example");
    }

    private static RelayFixture relay(int port, TestCertificates trusted) throws Exception {
        KeyStoreParameters store = new KeyStoreParameters();
        store.setResource("file:" + trusted.trustStore());
        store.setPassword(trusted.password());
        store.setType("PKCS12");
        TrustManagersParameters trust = new TrustManagersParameters();
        trust.setKeyStore(store);
        SSLContextParameters parameters = new SSLContextParameters();
        parameters.setTrustManagers(trust);
        RelayFixture fixture = RelayFixture.prepared();
        fixture.camel().getRegistry().bind("trust", parameters);
        return fixture.run(RelayFixture.relaying(
                "https://localhost:" + port, "sslContextParameters=#trust", "connectTimeout=5000"));
    }

    @Test
    void names_the_host_to_the_upstream_through_a_proxy_too() throws Exception {
        SniRecorder names = new SniRecorder(forLocalhost.server());
        try (StubUpstream stub = StubUpstream.answeringOverTls(names, (request, reply) -> reply.json(200, "{}"));
                ConnectProxy proxy = ConnectProxy.alwaysTo(stub.port());
                RelayFixture relay = RelayFixture.prepared()) {
            UpstreamLocation named = new UpstreamLocation(
                    true, "api.example.com", 443, "", "127.0.0.1", proxy.port(), TlsTrust.JVM, TimeLimits.ENDPOINTS);
            relay.relay.chooseUpstreamBy(exchange -> named);
            relay.run(RelayFixture.relaying("127.0.0.1:1"));
            try (RawClient client = RawClient.connect(relay.port())) {
                assertThat(client.get("/").answer().status()).isEqualTo(502); // a name, but not a certificate to match
            }
            assertThat(names.seen()).containsExactly("api.example.com");
            assertThat(proxy.asked()).containsExactly("CONNECT api.example.com:443 HTTP/1.1");
        }
    }

    @Test
    void is_set_up_before_the_first_call() throws Exception {
        UpstreamLocation sound = trusting(forLocalhost.pem());
        UpstreamLocation broken = trusting("no certificate");
        try (RelayFixture relay = RelayFixture.prepared()) {
            relay.relay.prepare(List.of(broken, sound));

            assertThat(relay.relay.isPrepared(sound)).isTrue();
            assertThat(relay.relay.isPrepared(broken)).as("calls to it fail").isFalse();
        }
    }

    private static UpstreamLocation trusting(String authority) {
        return new UpstreamLocation(
                true, "localhost", 443, "", null, 0, new TlsTrust(authority, true), TimeLimits.ENDPOINTS);
    }

    @Test
    void speaks_tls_to_an_upstream_it_trusts() throws Exception {
        try (StubUpstream stub = StubUpstream.answeringOverTls(
                        forLocalhost.server(),
                        (request, reply) -> reply.json(200, request.headers().get("host")));
                RelayFixture relay = relay(stub.port(), forLocalhost);
                RawClient client = RawClient.connect(relay.port())) {
            for (int i = 0; i < 3; i++) {
                RawClient.Answer answer = client.get("/").answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("localhost:" + stub.port());
            }
            assertThat(stub.connections()).isEqualTo(1);
        }
    }

    @Test
    void streams_over_tls() throws Exception {
        try (StubUpstream stub = StubUpstream.answeringOverTls(forLocalhost.server(), (request, reply) -> {
                    reply.sse().chunk("data: 1\n\n");
                    reply.after(
                            Duration.ofMillis(50),
                            () -> reply.chunk("data: 2\n\n").end());
                });
                RelayFixture relay = relay(stub.port(), forLocalhost);
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().body()).isEqualTo("data: 1\n\ndata: 2\n\n");
        }
    }

    @Test
    void answers_502_to_a_certificate_for_another_host() throws Exception {
        assertRefused(forAnother.server(), forAnother);
    }

    @Test
    void answers_502_to_a_certificate_of_an_authority_it_does_not_trust() throws Exception {
        assertRefused(forLocalhost.server(), forAnother);
    }

    private static void assertRefused(SslContext server, TestCertificates trusted) throws Exception {
        try (StubUpstream stub = StubUpstream.answeringOverTls(server, (request, reply) -> reply.json(200, "{}"));
                RelayFixture relay = relay(stub.port(), trusted);
                RawClient client = RawClient.connect(relay.port())) {
            RawClient.Answer answer = client.get("/").answer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("its certificate or its TLS is not acceptable");
            assertThat(stub.requests()).isEmpty();
            assertThat(relay.relay.upstreamConnections()).isZero();
        }
    }

    @Test
    void does_not_trust_a_self_signed_certificate_unless_told_to() throws Exception {
        try (StubUpstream stub = StubUpstream.answeringOverTls(
                        forLocalhost.server(), (request, reply) -> reply.json(200, "{}"));
                RelayFixture relay = RelayFixture.toAddress("https://localhost:" + stub.port());
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void answers_502_when_the_upstream_speaks_no_tls() throws Exception {
        try (StubUpstream stub = StubUpstream.respondingWith(200);
                RelayFixture relay = relay(stub.port(), forLocalhost);
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(502);
        }
    }

    @Test
    void answers_504_when_the_upstream_never_ends_its_handshake() throws Exception {
        try (ServerSocket silent = new ServerSocket(0);
                RelayFixture relay =
                        RelayFixture.toAddress("https://localhost:" + silent.getLocalPort(), "connectTimeout=1000");
                RawClient client = RawClient.connect(relay.port())) {
            long start = System.nanoTime();
            assertThat(client.get("/").answer().status()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1000), Duration.ofMillis(1500));
            assertThat(relay.relay.upstreamConnections()).isZero();
        }
    }

    @Test
    void waits_for_a_slow_handshake() throws Exception {
        try (StubUpstream stub = StubUpstream.answeringOverTls(
                        forLocalhost.server(), (request, reply) -> reply.json(200, "{}"));
                SlowPipe slow = SlowPipe.to(stub.port(), Duration.ofMillis(400));
                RelayFixture relay = relay(slow.port(), forLocalhost);
                RawClient client = RawClient.connect(relay.port())) {
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void takes_an_answer_without_length_for_whole_only_when_tls_ended_too() throws Exception {
        try (StubUpstream stub = StubUpstream.answeringOverTls(forLocalhost.server(), (request, reply) -> {
                    reply.raw("HTTP/1.1 200 OK\r\n\r\nhello");
                    if (request.uri().equals("/cut")) {
                        reply.after(Duration.ofMillis(50), reply::cut);
                    } else {
                        reply.after(Duration.ofMillis(50), reply::close);
                    }
                });
                RelayFixture relay = relay(stub.port(), forLocalhost);
                RawClient client = RawClient.connect(relay.port());
                RawClient cut = RawClient.connect(relay.port())) {
            RawClient.Answer whole = client.get("/whole").answer();
            assertThat(whole.body()).isEqualTo("hello");
            assertThat(whole.cleanEnd()).isTrue();
            assertThat(cut.get("/cut").answer().cleanEnd()).isFalse();
        }
    }
}
