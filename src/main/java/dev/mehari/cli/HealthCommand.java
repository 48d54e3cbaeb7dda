package dev.mehari.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code mehari health}: asks a gateway's management port whether requests can be sent to it, without a token. Exit code
 * 0 when they can, else 1, as container platforms want it. Waits at most 3 s.
 */
@Command(
        name = "health",
        description = "Says whether a running gateway is ready; exit code 1 when it is not.",
        mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            description = "Management port of the gateway (default: MEHARI_ADMIN_URL, else http://127.0.0.1:9090).")
    private @Nullable URI adminUrl;

    @Mixin
    private JsonOutput json = new JsonOutput();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        URI gateway;
        try {
            gateway = AdminOptions.gateway(adminUrl, System.getenv());
        } catch (IllegalArgumentException noUrl) {
            throw new ParameterException(spec.commandLine(), String.valueOf(noUrl.getMessage()), noUrl);
        }
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/q/health/ready"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> response = HttpClient.newBuilder()
                    .connectTimeout(PATIENCE)
                    .build()
                    .send(request, BodyHandlers.ofString(UTF_8));
            boolean ready = response.statusCode() == 200;
            return tell(ready, ready ? "ready" : "not ready: " + response.body());
        } catch (IOException unanswered) {
            return tell(false, "no gateway answers at " + gateway);
        }
    }

    private int tell(boolean ready, String text) {
        if (json.isOn()) {
            ObjectNode document = JsonNodeFactory.instance.objectNode();
            document.put("ready", ready).put("message", text);
            JsonOutput.print(spec.commandLine().getOut(), document);
        } else {
            spec.commandLine().getOut().println(text);
        }
        return ready ? ExitCode.DONE : ExitCode.FAILED;
    }
}
