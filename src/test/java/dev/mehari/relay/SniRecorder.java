package dev.mehari.relay;

import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;

/** A server's TLS that remembers which names its clients asked for. */
final class SniRecorder extends DelegatingSslContext {
    private final List<String> seen = new CopyOnWriteArrayList<>();

    SniRecorder(SslContext context) {
        super(context);
    }

    List<String> seen() {
        return seen;
    }

    @Override
    protected void initEngine(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSNIMatchers(List.of(new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
            @Override
            public boolean matches(SNIServerName name) {
                seen.add(new SNIHostName(name.getEncoded()).getAsciiName());
                return true;
            }
        }));
        engine.setSSLParameters(parameters);
    }
}
