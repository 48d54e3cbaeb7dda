package dev.mehari.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mehari.relay.UpstreamLocation.TlsTrust;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards upstreams: certificates are verified against the trust of the JVM, of the upstream's own authority, or of the
 * endpoint's {@code sslContextParameters}, and must bear the host's name, which is also sent as the server name (SNI).
 */
final class UpstreamTls {
    private static final int MAX_TRUSTS = 1_000;

    private final Supplier<CamelContext> camel;
    private final Map<SSLContextParameters, SslContext> configured = new ConcurrentHashMap<>();
    private final Map<TlsTrust, SslContext> trusts = new HashMap<>();
    private @Nullable SslContext trusted;

    UpstreamTls(Supplier<CamelContext> camel) {
        this.camel = camel;
    }

    /** @param parameters null for the JVM's own trust */
    synchronized SslContext context(@Nullable SSLContextParameters parameters) throws Exception {
        if (parameters == null) {
            if (trusted == null) {
                trusted = SslContextBuilder.forClient()
                        .endpointIdentificationAlgorithm("HTTPS")
                        .build();
            }
            return trusted;
        }
        SslContext known = configured.get(parameters);
        if (known == null) {
            known = new Verifying(parameters.createSSLContext(camel.get()));
            configured.put(parameters, known);
        }
        return known;
    }

    /**
     * The one context for all upstreams that are trusted in this way: contexts tell connections apart, so those of another
     * trust are never shared.
     *
     * @throws Exception when the authority is no PEM of certificates
     */
    synchronized SslContext context(TlsTrust trust) throws Exception {
        if (trust.equals(TlsTrust.JVM)) {
            return context((SSLContextParameters) null);
        }
        SslContext known = trusts.get(trust);
        if (known == null) {
            if (trusts.size() >= MAX_TRUSTS) {
                trusts.clear(); // of upstreams that were changed or removed; those in use come again
            }
            known = made(trust);
            trusts.put(trust, known);
        }
        return known;
    }

    private static SslContext made(TlsTrust trust) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (!trust.verify()) {
            return builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null)
                    .build();
        }
        if (trust.authority() != null) {
            builder.trustManager(new ByteArrayInputStream(trust.authority().getBytes(US_ASCII)));
        }
        return builder.endpointIdentificationAlgorithm("HTTPS").build();
    }

    /** A JDK context that checks the host's name too, which engines do only when told. */
    private static final class Verifying extends io.netty.handler.ssl.DelegatingSslContext {
        Verifying(javax.net.ssl.SSLContext context) {
            super(new JdkSslContext(
                    context,
                    true,
                    null,
                    IdentityCipherSuiteFilter.INSTANCE,
                    ApplicationProtocolConfig.DISABLED,
                    ClientAuth.NONE,
                    null,
                    false));
        }

        @Override
        protected void initEngine(javax.net.ssl.SSLEngine engine) {
            javax.net.ssl.SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            engine.setSSLParameters(parameters);
        }
    }
}
