package dev.mehari.caller;

import dev.mehari.exchange.ExchangeKeys;
import dev.mehari.failure.Forbidden;
import dev.mehari.inspection.Endpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call on only if its key may be used by this client and for this model; named {@code authorizeCall}, right after
 * {@code inspectRequest}. Fails with {@link Forbidden}: {@code client_not_allowed} or {@code model_not_allowed}.
 *
 * <p>What is not known is not allowed: a key with a restriction of models is refused where the request names no model,
 * where its body is compressed and so not read, and on paths whose requests are not read, unless they only ask
 * ({@code GET}, {@code HEAD}). Counting tokens is open to every client. Changes nothing; any thread.
 */
public final class AuthorizeCall implements Processor {
    private static final int LONGEST_SHOWN = 200;

    @Override
    public void process(Exchange exchange) throws Forbidden {
        if (!(exchange.getProperty(ExchangeKeys.CALLER) instanceof Caller caller)
                || caller.access().equals(Access.ALL)) {
            return;
        }
        Message message = exchange.getMessage();
        Endpoint endpoint = Endpoint.at(text(message.getHeader(Exchange.HTTP_PATH)));
        if (endpoint != Endpoint.COUNT_TOKENS) {
            checkClient(caller.access().clients(), text(message.getHeader("User-Agent")));
        }
        if (!caller.access().models().allowsAll() && !onlyAsks(endpoint, message)) {
            checkModel(caller.access().models(), endpoint, (String) exchange.getProperty(ExchangeKeys.MODEL));
        }
    }

    private static void checkClient(AllowList allowed, String userAgent) throws Forbidden {
        if (!allowed.allowsBeginning(userAgent)) {
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("allowedClients", allowed.patterns());
            details.put("userAgent", shown(userAgent));
            throw new Forbidden(
                    "client_not_allowed",
                    "This API key may not be used by this client, as its User-Agent names it.",
                    details);
        }
    }

    private static void checkModel(AllowList allowed, @Nullable Endpoint endpoint, @Nullable String model)
            throws Forbidden {
        if (model == null) {
            throw notAllowed(
                    endpoint == null
                            ? "This API key may be used for certain models only, and requests to this path are not"
                                    + " looked into for theirs."
                            : "This API key may be used for certain models only: name one of them as `model`, and send"
                                    + " the body uncompressed.",
                    allowed);
        }
        if (!allowed.allows(model)) {
            throw notAllowed("This API key may not be used for the model " + shown(model) + ".", allowed);
        }
    }

    private static Forbidden notAllowed(String message, AllowList allowed) {
        return new Forbidden("model_not_allowed", message, Map.of("allowedModels", allowed.patterns()));
    }

    private static boolean onlyAsks(@Nullable Endpoint endpoint, Message message) {
        return (endpoint == null || endpoint == Endpoint.MODELS)
                && List.of("GET", "HEAD").contains(text(message.getHeader(Exchange.HTTP_METHOD)));
    }

    private static String shown(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }

    private static String text(@Nullable Object header) {
        return header instanceof List<?> several && !several.isEmpty()
                ? String.valueOf(several.get(0))
                : header == null ? "" : header.toString();
    }
}
