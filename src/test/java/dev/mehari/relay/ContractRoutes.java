package dev.mehari.relay;

import java.io.InputStream;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.netty.http.NettyHttpOperationFailedException;

/** The routes of the contract: the same text is served by Camel's netty-http and by ours. */
final class ContractRoutes extends RouteBuilder {
    private final int port;
    private final int upstream;

    ContractRoutes(int port, int upstream) {
        this.port = port;
        this.upstream = upstream;
    }

    private String at(String path, String... options) {
        String more = options.length == 0 ? "" : "&" + String.join("&", options);
        return "netty-http:http://127.0.0.1:" + port + path + "?muteException=true" + more;
    }

    private String to(String path, String... options) {
        String more = options.length == 0 ? "" : "&" + String.join("&", options);
        return "netty-http:http://127.0.0.1:" + upstream + path + "?bridgeEndpoint=true" + more;
    }

    @Override
    public void configure() {
        errorHandler(noErrorHandler());
        serving();
        sending();
    }

    private void serving() {
        from(at("/request", "matchOnUriPrefix=true"))
                .setBody(simple("${header.CamelHttpMethod} ${header.CamelHttpUri} ${header.CamelHttpPath}"
                        + " ${header.CamelHttpRawQuery} ${header.X-Mine}"))
                .removeHeaders("*");
        from(at("/request/longer", "matchOnUriPrefix=true"))
                .setBody(constant("longer"))
                .removeHeaders("*");
        from(at("/exact")).setBody(constant("exact")).removeHeaders("*");
        from(at("/text"))
                .convertBodyTo(String.class)
                .setBody(simple("${body}!"))
                .removeHeaders("*");
        from(at("/bytes"))
                .convertBodyTo(byte[].class)
                .process(ContractRoutes::count)
                .removeHeaders("*");
        from(at("/stream"))
                .process(exchange -> exchange.getMessage()
                        .setBody(new String(
                                exchange.getMessage().getBody(InputStream.class).readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8)))
                .removeHeaders("*");
        from(at("/null"))
                .process(exchange -> exchange.getMessage().setBody(null))
                .removeHeaders("*");
        from(at("/blank")).setBody(constant("")).removeHeaders("*");
        from(at("/created"))
                .removeHeaders("*")
                .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(201))
                .setBody(constant("made"));
        from(at("/accepted"))
                .removeHeaders("*")
                .setHeader(Exchange.HTTP_RESPONSE_CODE, constant("202"))
                .process(exchange -> exchange.getMessage().setBody(null));
        from(at("/throws")).process(exchange -> {
            throw new IllegalStateException("secret");
        });
        from(at("/get", "httpMethodRestrict=GET")).setBody(constant("got")).removeHeaders("*");
        from(at("/verbs", "httpMethodRestrict=GET")).setBody(constant("read")).removeHeaders("*");
        from(at("/verbs", "httpMethodRestrict=POST,PUT"))
                .setBody(constant("written"))
                .removeHeaders("*");
        from(at("/several"))
                .removeHeaders("*")
                .setBody(constant("x"))
                .process(exchange -> exchange.getMessage().setHeader("X-Several", List.of("a", "b")));
        from(at("/numbers")).removeHeaders("*").setBody(constant("x")).process(exchange -> {
            exchange.getMessage().setHeader("X-Number", 7L);
            exchange.getMessage().setHeader("X-Flag", true);
            exchange.getMessage().setHeader("X-Uri", java.net.URI.create("http://a/"));
        });
        from(at("/suspended")).routeId("suspended").setBody(constant("awake")).removeHeaders("*");
        from(at("/pattern")).setBody(simple("${exchange.pattern}")).removeHeaders("*");
    }

    private static void count(Exchange exchange) {
        exchange.getMessage().setBody("" + exchange.getMessage().getBody(byte[].class).length);
    }

    private void sending() {
        from(at("/relay", "matchOnUriPrefix=true")).to(to("/base", "throwExceptionOnFailure=false"));
        from(at("/tried", "matchOnUriPrefix=true"))
                .doTry()
                .to(to("/base"))
                .setBody(simple("ok ${header.CamelHttpResponseCode} ${bodyAs(String)}"))
                .removeHeaders("*")
                .doCatch(NettyHttpOperationFailedException.class)
                .process(ContractRoutes::tell)
                .end();
        from(at("/range", "matchOnUriPrefix=true"))
                .doTry()
                .to(to("", "okStatusCodeRange=200-299,404"))
                .setBody(simple("ok ${header.CamelHttpResponseCode}"))
                .removeHeaders("*")
                .doCatch(NettyHttpOperationFailedException.class)
                .process(ContractRoutes::tell)
                .end();
        from(at("/made-up"))
                .removeHeaders("*")
                .setHeader(Exchange.HTTP_PATH, constant("a b/c"))
                .setHeader(Exchange.HTTP_QUERY, constant("q=1&r=x y"))
                .setBody(constant("text"))
                .to(to("/base"))
                .removeHeaders("*");
        from(at("/method"))
                .removeHeaders("*")
                .setHeader(Exchange.HTTP_METHOD, constant("delete"))
                .process(exchange -> exchange.getMessage().setBody(null))
                .to(to("/base"))
                .removeHeaders("*");
        from(at("/default-method"))
                .removeHeaders("*")
                .process(exchange -> exchange.getMessage().setBody(null))
                .to(to("/base"))
                .removeHeaders("*");
        from(at("/unreachable")).to("netty-http:http://127.0.0.1:1/?bridgeEndpoint=true");
    }

    private static void tell(Exchange exchange) {
        NettyHttpOperationFailedException failed =
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, NettyHttpOperationFailedException.class);
        String told = String.join(
                " ",
                "failed",
                "" + failed.getStatusCode(),
                failed.getStatusText(),
                "" + failed.getRedirectLocation(),
                "" + failed.isRedirectError(),
                "" + failed.hasRedirectLocation(),
                failed.getUri(),
                failed.getContentAsString(),
                failed.getMessage());
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        exchange.getMessage().setBody(told);
    }
}
