package dev.mehari.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.testing.StubUpstream;
import dev.mehari.testing.TestCertificates;
import dev.mehari.upstream.ForwardProxy;
import dev.mehari.upstream.UpstreamOptions.Trust;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboundHttpIT {
    private static final OutboundHttp.Way DIRECT = new OutboundHttp.Way(null, Trust.SYSTEM);

    private final OutboundHttp http = new OutboundHttp();

    @AfterEach
    void close() {
        http.close();
    }

    private HttpResponse<byte[]> get(OutboundHttp.Way way, String url, Duration timeout) throws Exception {
        return http.send(way, HttpRequest.newBuilder(URI.create(url)), timeout).get(20, TimeUnit.SECONDS);
    }

    @Test
    void goes_through_the_forward_proxy_of_the_upstream() throws Exception {
        try (StubUpstream proxy = StubUpstream.respondingWith(200)) {
            var way = new OutboundHttp.Way(new ForwardProxy("127.0.0.1", proxy.port()), Trust.SYSTEM);

            get(way, "http://upstream.invalid:81/token", Duration.ofSeconds(10));

            assertThat(proxy.requests().get(0).uri()).isEqualTo("http://upstream.invalid:81/token");
        }
    }

    @Test
    void an_answer_that_drips_ends_in_time() {
        try (StubUpstream stub =
                StubUpstream.answering((request, reply) -> reply.sse().chunk("data: 1"))) {
            assertThatThrownBy(() -> get(DIRECT, "http://127.0.0.1:" + stub.port(), Duration.ofMillis(300)))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            org.awaitility.Awaitility.await().until(() -> stub.openConnections() == 0);
        }
    }

    @Test
    void trusts_whom_the_operator_named_and_nobody_else(@TempDir Path folder) throws Exception {
        TestCertificates right = TestCertificates.selfSigned(folder, "ip:127.0.0.1");
        TestCertificates wrong = TestCertificates.selfSigned(folder, "dns:other.test");
        try (StubUpstream one =
                        StubUpstream.answeringOverTls(right.server(), (request, reply) -> reply.json(200, "1"));
                StubUpstream other =
                        StubUpstream.answeringOverTls(wrong.server(), (request, reply) -> reply.json(200, "2"))) {
            String url = "https://127.0.0.1:" + one.port();
            String otherUrl = "https://127.0.0.1:" + other.port();
            var named = new OutboundHttp.Way(null, new Trust(pem(right), true));
            var namedOther = new OutboundHttp.Way(null, new Trust(pem(wrong), true));
            var anyone = new OutboundHttp.Way(null, new Trust(null, false));
            Duration patience = Duration.ofSeconds(10);

            assertThat(get(named, url, patience).statusCode()).isEqualTo(200);
            assertThat(get(anyone, otherUrl, patience).statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> get(DIRECT, url, patience)).isInstanceOf(ExecutionException.class);
            assertThatThrownBy(() -> get(namedOther, otherUrl, patience))
                    .as("another name")
                    .isInstanceOf(ExecutionException.class);
        }
        assertThatThrownBy(() ->
                        get(new OutboundHttp.Way(null, new Trust("no PEM", true)), "https://h", Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String pem(TestCertificates certificates) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificates.trustStore())) {
            store.load(in, certificates.password().toCharArray());
        }
        byte[] der = store.getCertificate("server").getEncoded();
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END CERTIFICATE-----\n";
    }
}
