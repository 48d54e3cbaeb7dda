package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialFields;
import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.credential.CredentialStore.CredentialUse;
import dev.mehari.credential.LiveCredentials.Live;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A credential as the admin API shows it: all but its secret, of which {@code hint} has the last 4 characters. */
final class CredentialJson {
    private CredentialJson() {}

    static ObjectNode of(CredentialEntry credential, Live live, Instant now) {
        CredentialFields fields = credential.fields();
        CredentialEntry.Token token = credential.token();
        CredentialUse use = credential.use();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", Long.toString(credential.id()));
        json.put("upstream", credential.upstream());
        json.put("name", fields.name());
        json.put("email", fields.email());
        json.put("kind", text(credential.kind()));
        json.put("header", fields.header());
        json.put("hint", credential.hint());
        json.put("priority", fields.priority());
        json.put("weight", fields.weight());
        json.put("max_concurrent", fields.maxConcurrent());
        json.put("daily_quota", fields.dailyQuota());
        json.put("user_gap_ms", fields.userGap().toMillis());
        fields.models().patterns().forEach(json.putArray("models")::add);
        json.put("enabled", fields.enabled());
        json.put("disabled_for", credential.disabledFor());
        json.put("declared", credential.declared());
        json.put("created_at", credential.createdAt().toString());
        json.put("state", text(credential.state(now, live)));
        json.set("benches", benches(credential.benches()));
        json.put("next_probe", text(credential.nextProbe(now)));
        json.put("token_expires", text(token.expires()));
        json.put("refresh_after", text(token.notBefore()));
        json.put("refresh_error", token.error());
        json.put("calls", use.calls());
        json.put("successes", use.successes());
        json.put("failures", use.failures());
        json.put("last_used", text(use.lastUsed()));
        json.put("last_success", text(use.lastSuccess()));
        putLastError(json, use);
        json.put("in_flight", live.inFlight());
        json.put("cap", live.cap());
        json.put("quota_used", credential.quotaUsed());
        return json;
    }

    private static void putLastError(ObjectNode json, CredentialUse use) {
        if (use.lastError() == null && use.lastStatus() == 0) {
            json.putNull("last_error");
        } else {
            json.putObject("last_error")
                    .put("at", text(use.lastFailure()))
                    .put("status", use.lastStatus())
                    .put("message", use.lastError());
        }
    }

    private static ArrayNode benches(List<Bench> benches) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (Bench bench : benches) {
            json.addObject()
                    .put("model", bench.model())
                    .put("reason", bench.reason())
                    .put("status", bench.status())
                    .put("since", text(bench.since()))
                    .put("until", text(bench.until()));
        }
        return json;
    }

    private static String text(Enum<?> constant) {
        return constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
