package dev.mehari.relay;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards upstreams: certificates are verified against the trust of the JVM, or of the endpoint's
 * {@code sslContextParameters}, and must bear the host's name, which is also sent as the server name (SNI).
 */
final class UpstreamTls {
    private final CamelContext camel;
    private final Map<SSLContextParameters, SslContext> configured = new ConcurrentHashMap<>();
    private @Nullable SslContext trusted;

    UpstreamTls(CamelContext camel) {
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
            known = new Verifying(parameters.createSSLContext(camel));
            configured.put(parameters, known);
        }
        return known;
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
