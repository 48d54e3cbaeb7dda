package dev.mehari.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Answers {@code /proxy-metrics} (named {@code showProxyMetrics}, always 200) and {@code /proxy-health} (named
 * {@code showProxyHealth}, 503 while unhealthy so that a balancer heeds it) with the same {@link ProxyReport}.
 */
public final class ShowProxyState implements Processor {
    private final ProxyReport report;
    private final boolean statusTellsHealth;

    private ShowProxyState(ProxyReport report, boolean statusTellsHealth) {
        this.report = report;
        this.statusTellsHealth = statusTellsHealth;
    }

    public static ShowProxyState metrics(ProxyReport report) {
        return new ShowProxyState(report, false);
    }

    public static ShowProxyState health(ProxyReport report) {
        return new ShowProxyState(report, true);
    }

    @Override
    public void process(Exchange exchange) {
        ProxyReport.Report now = report.now();
        boolean unavailable = statusTellsHealth && now.status() == ProxyReport.Status.UNHEALTHY;
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, unavailable ? 503 : 200);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("Cache-Control", "no-store");
        if (unavailable) {
            message.setHeader("Retry-After", "1");
        }
        message.setBody(now.json().toString().getBytes(UTF_8));
    }
}
